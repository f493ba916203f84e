//! The currencies that Stripe takes (<https://docs.stripe.com/currencies>).

use crate::error::Refusal;
use crate::form::Form;

const TAKEN: &str = "usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd \
    bob brl bsd bwp byn bzd cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd \
    fkp gbp gel gip gmd gnf gtq gyd hkd hnl hrk htg huf idr ils inr isk jmd jod jpy kes kgs khr \
    kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mro mur mvr mwk mxn myr \
    mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr \
    sek sgd shp sle sll sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv \
    wst xaf xcd xof xpf yer zar zmw usdc btn ghs eek lvl svc vef ltl";

/// `currency`, in small letters.
pub(super) fn read(form: &Form) -> Result<String, Refusal> {
    let sent = form.required("currency")?;
    let currency = sent.to_ascii_lowercase();
    if TAKEN.split_whitespace().any(|known| known == currency) {
        return Ok(currency);
    }
    let message = format!(
        "Invalid currency: {sent}. Stripe currently supports these currencies: {}",
        TAKEN.split_whitespace().collect::<Vec<_>>().join(", ")
    );
    Err(Refusal::invalid("", message).param("currency"))
}
