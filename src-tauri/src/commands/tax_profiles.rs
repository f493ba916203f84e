//! Who hosts are to the tax authority: profiles, notices, matching; the rules; exchange rates.

use std::path::Path;

use hostledger_app::tax::{
    self, HostTax, NewNotice, NewProfile, ProfileView, Question, Standing, TaxSays,
};
use hostledger_app::{Error, Session, fx};
use hostledger_core::money::{format_percent, parse_minor};
use hostledger_core::tax_rules::{TaxRule as Rule, WithholdingStart};
use hostledger_core::{Code, Currency, tin};
use tauri::{AppHandle, State};

use super::tax::{usd, year_of};
use super::{figure, run};
use crate::state::AppState;
use crate::view::payouts::WrittenFile;
use crate::view::shared::{
    Answer, Page, count, date, date_or_none, digits, instant, large, length,
};
use crate::view::tax::{
    AnswerTaxQuestionRequest, EndTaxNoticeRequest, EnterTaxProfileRequest, FxImported, FxRate,
    ImportFxRequest, ListTaxProfilesRequest, RecordTaxNoticeRequest, RevealedTin,
    SetTaxRuleRequest, TaxFileRequest, TaxHostRequest, TaxNotice, TaxNoticeKind, TaxProfileDetail,
    TaxProfileRow, TaxProfileVersion, TaxQuestion, TaxQuestionKind, TaxRule, TaxSaying,
    TaxStanding, TinAnswers, TinMismatch,
};

fn standing(s: Standing) -> TaxStanding {
    match s {
        Standing::UsPerson => TaxStanding::UsPerson,
        Standing::Foreign => TaxStanding::Foreign,
        Standing::NoProfile => TaxStanding::NoProfile,
        Standing::NoTin => TaxStanding::NoTin,
        Standing::ImpossibleTin => TaxStanding::ImpossibleTin,
        Standing::W8Expired => TaxStanding::W8Expired,
    }
}

fn truncated(p: &ProfileView) -> Option<String> {
    (!p.tin_last4.is_empty()).then(|| tin::truncated(p.tin_type, &p.tin_last4))
}

fn row(h: &HostTax) -> TaxProfileRow {
    let p = h.profile.as_ref();
    let code = p.and_then(|p| p.match_code);
    TaxProfileRow {
        host_id: h.host_id.clone(),
        host_name: match h.host_name.is_empty() {
            true => h.host_id.clone(),
            false => h.host_name.clone(),
        },
        country: h.country.clone(),
        standing: standing(h.standing),
        lacks: h.lacks,
        sentence: h.sentence.clone(),
        form: p.map(|p| p.form.as_str().to_owned()),
        tin: p.and_then(truncated),
        state: p.map(|p| p.state.clone()).unwrap_or_default(),
        currency: Currency::USD.code().to_owned(),
        gross: digits(h.gross_minor, Currency::USD),
        transactions: count(h.transactions),
        withheld: digits(h.withheld_minor, Currency::USD),
        reached: h.reached.clone(),
        crosses_on: h.crosses_on.map(|d| d.to_string()),
        notices: length(h.notices.len()),
        matched: code.map(|c| tin::match_in_words(c).to_owned()),
        match_ok: code.map(tin::is_match),
    }
}

async fn all(app: &AppHandle, year: u16) -> Answer<Vec<HostTax>> {
    figure(app, format!("tax profiles {year}"), move |s| {
        let job = hostledger_app::jobs::Job::unwatched();
        tax::profiles(s, Some(year_of(year)?), &job)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_tax_profiles(
    app: AppHandle,
    request: ListTaxProfilesRequest,
) -> Answer<Page<TaxProfileRow>> {
    let found = all(&app, request.year).await?;
    let text = request.text.unwrap_or_default().to_lowercase();
    let kept: Vec<&HostTax> = found
        .iter()
        .filter(|h| !request.missing || h.lacks)
        .filter(|h| request.standing.is_none_or(|s| s == standing(h.standing)))
        .filter(|h| {
            text.is_empty()
                || h.host_id.to_lowercase().contains(&text)
                || h.host_name.to_lowercase().contains(&text)
        })
        .collect();
    let sum: i64 = kept.iter().map(|h| h.gross_minor).sum();
    let rows = kept.into_iter().map(row).collect();
    Ok(Page::of_all(
        rows,
        request.cursor.as_deref(),
        request.limit,
        vec![usd(sum)],
    ))
}

fn version(p: ProfileView) -> TaxProfileVersion {
    TaxProfileVersion {
        tin: truncated(&p),
        form: p.form.as_str().to_owned(),
        tin_type: p.tin_type.map(|t| t.as_str().to_owned()),
        signed_on: p.signed_on.map(|d| d.to_string()),
        expires_on: p.expires_on.map(|d| d.to_string()),
        recorded_at: instant(p.recorded_at),
        from_file: p.import_key.is_some(),
        legal_name: p.legal_name,
        business_name: p.business_name,
        tin_problem: p.tin_problem,
        address_line1: p.address_line1,
        address_line2: p.address_line2,
        city: p.city,
        state: p.state,
        postal_code: p.postal_code,
        country: p.country,
        recorded_by: p.recorded_by,
    }
}

fn notice(n: tax::TaxNotice) -> TaxNotice {
    TaxNotice {
        kind: match n.kind.as_str() {
            "C" => TaxNoticeKind::C,
            _ => TaxNoticeKind::B,
        },
        received_on: n.received_on.to_string(),
        withhold_from: n.withhold_from.to_string(),
        ended_on: n.ended_on.map(|d| d.to_string()),
        notice_id: n.notice_id,
        host_id: n.host_id,
        note: n.note,
        recorded_by: n.recorded_by,
        ended_by: n.ended_by,
        end_reason: n.end_reason,
    }
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn get_tax_profile(
    app: AppHandle,
    state: State<'_, AppState>,
    request: TaxHostRequest,
) -> Answer<TaxProfileDetail> {
    let found = all(&app, request.year).await?;
    run(&state, move |s: &Session| {
        Ok(TaxProfileDetail {
            row: found.iter().find(|h| h.host_id == request.host_id).map(row),
            versions: tax::profile(s, &request.host_id)?
                .into_iter()
                .map(version)
                .collect(),
            notices: tax::notices(s)?
                .into_iter()
                .filter(|n| n.host_id == request.host_id)
                .map(notice)
                .collect(),
            questions: found
                .iter()
                .filter(|h| h.host_id == request.host_id)
                .flat_map(|h| &h.questions)
                .map(question)
                .collect(),
            may_reveal: s.identity().has(hostledger_app::identity::Role::Admin),
        })
    })
    .await
}

fn question(q: &Question) -> TaxQuestion {
    let (kind, swapped) = match q {
        Question::NameOrder { swapped, .. } => (TaxQuestionKind::NameOrder, Some(swapped.clone())),
        Question::PayeeChanged { .. } => (TaxQuestionKind::PayeeChanged, None),
    };
    TaxQuestion {
        kind,
        sentence: q.sentence(),
        swapped,
    }
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn answer_tax_question(
    state: State<'_, AppState>,
    request: AnswerTaxQuestionRequest,
) -> Answer<()> {
    run(&state, move |s| {
        let says = match request.says {
            TaxSaying::SwapName => TaxSays::SwapName,
            TaxSaying::KeepName => TaxSays::KeepName,
            TaxSaying::OnePayee => TaxSays::OnePayee,
            TaxSaying::NewPayee => TaxSays::NewPayee,
        };
        tax::answer(s, &request.host_id, year_of(request.year)?, says)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn reveal_tin(
    state: State<'_, AppState>,
    request: TaxHostRequest,
) -> Answer<RevealedTin> {
    run(&state, move |s| {
        Ok(RevealedTin {
            tin: tax::reveal_tin(s, &request.host_id)?,
        })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn enter_tax_profile(
    state: State<'_, AppState>,
    request: EnterTaxProfileRequest,
) -> Answer<()> {
    run(&state, move |s| {
        tax::enter_profile(
            s,
            &NewProfile {
                signed_on: date_or_none(request.signed_on.as_deref())?,
                host_id: request.host_id,
                form: request.form,
                legal_name: request.legal_name,
                business_name: request.business_name,
                tin_type: request.tin_type,
                tin: request.tin,
                keeps_tin: request.keeps_tin,
                address_line1: request.address_line1,
                address_line2: request.address_line2,
                city: request.city,
                state: request.state,
                postal_code: request.postal_code,
                country: request.country,
            },
        )
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn write_tin_matching(
    state: State<'_, AppState>,
    request: TaxFileRequest,
) -> Answer<WrittenFile> {
    run(&state, move |s| {
        let written = tax::write_matching_file(s, Path::new(&request.path))?;
        let bytes = written
            .files
            .iter()
            .filter_map(|f| std::fs::metadata(f).ok())
            .map(|m| m.len())
            .sum();
        Ok(WrittenFile {
            bytes: large(bytes),
            path: request.path,
        })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn read_tin_answers(
    state: State<'_, AppState>,
    request: TaxFileRequest,
) -> Answer<TinAnswers> {
    run(&state, move |s| {
        let a = tax::read_answers(s, Path::new(&request.path))?;
        Ok(TinAnswers {
            matched: length(a.matched),
            mismatched: a
                .mismatched
                .into_iter()
                .map(|(host_id, answer)| TinMismatch { host_id, answer })
                .collect(),
            unknown: a.unknown,
        })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn record_tax_notice(
    state: State<'_, AppState>,
    request: RecordTaxNoticeRequest,
) -> Answer<()> {
    run(&state, move |s| {
        let kind = match request.kind {
            TaxNoticeKind::B => "B",
            TaxNoticeKind::C => "C",
        };
        tax::record_notice(
            s,
            &NewNotice {
                host_id: request.host_id,
                kind: kind.to_owned(),
                received_on: date(&request.received_on)?,
                withhold_from: date_or_none(request.withhold_from.as_deref())?,
                note: request.note,
            },
        )?;
        Ok(())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn end_tax_notice(
    state: State<'_, AppState>,
    request: EndTaxNoticeRequest,
) -> Answer<()> {
    run(&state, move |s| {
        tax::end_notice(s, &request.notice_id, &request.reason)
    })
    .await
}

fn rule(k: tax::KeptRule) -> TaxRule {
    let r = k.rule;
    let rate = format_percent(r.withholding_rate_bp);
    let year = |y: i16| u16::try_from(y).unwrap_or(0);
    TaxRule {
        from_year: year(r.from_year),
        to_year: r.to_year.map(year),
        amount: usd(r.amount_minor),
        inclusive: r.inclusive,
        min_transactions: count(r.min_transactions),
        withholding: match r.withholding {
            WithholdingStart::Never => None,
            WithholdingStart::AfterCount => Some(format!(
                "{rate} % after {} transactions",
                r.min_transactions - 1
            )),
            WithholdingStart::FirstDollar => Some(format!("{rate} % from the first dollar")),
            WithholdingStart::WhenCrossed => Some(format!(
                "{rate} % from the transaction that exceeds both; from the first dollar after a year with a reportable payment"
            )),
        },
        is_on: r.is_on,
        is_sure: r.is_sure,
        verified_on: r.verified_on.to_string(),
        jurisdiction: r.jurisdiction,
        source: r.source,
        set_by: k.set_by,
        set_at: k.set_at.map(instant),
        reason: k.reason,
    }
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_tax_rules(state: State<'_, AppState>) -> Answer<Vec<TaxRule>> {
    run(&state, |s| {
        Ok(tax::rules(s)?.into_iter().map(rule).collect())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_tax_rule(
    state: State<'_, AppState>,
    request: SetTaxRuleRequest,
) -> Answer<()> {
    run(&state, move |s| {
        let jurisdiction = request.jurisdiction.trim().to_ascii_uppercase();
        let from_year = year_of(request.from_year)?;
        let known = tax::rules(s)?
            .into_iter()
            .map(|k| k.rule)
            .rfind(|r| r.jurisdiction == jurisdiction && r.from_year <= from_year);
        let amount = parse_minor(request.amount.trim(), Currency::USD).map_err(|_| {
            Error::new(
                Code::BadInput,
                format!("\"{}\" is no amount such as 600.00.", request.amount),
            )
        })?;
        let rule = Rule {
            from_year,
            to_year: request.to_year.map(year_of).transpose()?,
            amount_minor: amount,
            inclusive: request.inclusive,
            min_transactions: i64::from(request.min_transactions),
            // When tax is withheld is the law's and isn't changed here.
            withholding: known
                .as_ref()
                .map_or(WithholdingStart::Never, |r| r.withholding),
            withholding_rate_bp: known.as_ref().map_or(0, |r| r.withholding_rate_bp),
            is_on: request.is_on,
            is_sure: request.is_sure,
            source: request.source.trim().to_owned(),
            verified_on: date(&request.verified_on)?,
            jurisdiction,
        };
        tax::set_rule(s, &rule, &request.reason)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_fx_rates(state: State<'_, AppState>) -> Answer<Vec<FxRate>> {
    run(&state, |s| {
        Ok(fx::list(s)?
            .into_iter()
            .map(|r| FxRate {
                on: r.on.to_string(),
                from: r.from.code().to_owned(),
                to: r.to.code().to_owned(),
                rate: r.rate.to_string(),
                source: r.source,
            })
            .collect())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn import_fx_rates(
    state: State<'_, AppState>,
    request: ImportFxRequest,
) -> Answer<FxImported> {
    run(&state, move |s| {
        let says = fx::Says {
            jumps_are_right: request.jumps_are_right,
            replace: request.replace,
        };
        Ok(FxImported {
            rates: length(fx::import(s, Path::new(&request.path), says)?),
        })
    })
    .await
}
