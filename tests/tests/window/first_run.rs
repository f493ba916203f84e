//! C9: a first run: a ledger of one's own, its recovery key, the second person, and what the empty
//! screens teach.

use crate::machine::Machine;

#[test]
fn c9_first_run_offers_the_second_person() {
    let machine = Machine::new();
    let window = machine.window("first", None);
    window.see_page("Pay your hosts*");
    window.click("Create a ledger");
    let folder = machine.path("acme");
    for (field, text) in [
        ("Name of the ledger", "Acme Live"),
        ("Folder", &*folder.to_string_lossy()),
        ("Your name", "paula"),
        ("Passphrase", "a passphrase of her own"),
        ("Passphrase again", "a passphrase of her own"),
    ] {
        window.fill(field, text);
    }
    window.shoot("1-create");
    window.click("Create the ledger");
    window.see_page("Your recovery key");
    assert!(
        !window.has("button", "Go on"),
        "the key can be passed over unread"
    );
    window.shoot("2-recovery-key");
    window.click("I have written it down");
    window.click("Go on");
    window.see_page("Add the second person");
    window.see("nothing can be approved or paid");
    window.shoot("3-second-person");
    window.click("Later, in Settings");
    window.see_page("This week's close");
    window.see("A second person to add");
    window.shoot("4-home");
    for (place, picture) in [
        ("Imports", "5-imports"),
        ("Commissions", "6-commissions"),
        ("Payouts", "7-payouts"),
        ("Hosts", "8-hosts"),
        ("Books", "9-books"),
    ] {
        window.go(place, place);
        window.shoot(picture);
    }
    window.go("Settings", "Settings");
    window.click("Users");
    window.see_page("Users");
    window.click("Add a user");
    window.fill("Name", "andre");
    window.fill("Their passphrase", "his own and no other");
    window.fill("Passphrase again", "his own and no other");
    window.shoot("10-add-a-user");
    window.click("Add*");
    window.see("2 users, 2 approvers");
}
