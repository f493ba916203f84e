//! Tax: profiles of hosts, rules, what was withheld, and forms 1099-K (docs/tax.md).

pub mod answers;
pub mod forms;
pub mod gross;
pub mod iris_columns;
pub mod notices;
pub mod profiles;
pub mod rules;
pub mod withheld;
