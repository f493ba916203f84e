//! Lists with cursors, newest first (<https://docs.stripe.com/api/pagination>).

use serde_json::{Value, json};

use crate::error::Refusal;
use crate::form::Form;

/// The parameters that every list has.
pub(crate) const PAGING: [&str; 4] = ["limit", "starting_after", "ending_before", "expand"];

/// One page of `all`, which holds id and object, newest first. `url` is the list's path, `what`
/// names the objects for a cursor that points nowhere.
pub(crate) fn page(
    form: &Form,
    url: &str,
    what: &str,
    all: Vec<(String, Value)>,
) -> Result<Value, Refusal> {
    let limit = form.limit()?;
    let after = form.text("starting_after")?;
    let before = form.text("ending_before")?;
    let find = |id: &str, param: &str| {
        all.iter()
            .position(|(known, _)| known == id)
            .ok_or_else(|| Refusal::missing_param(what, id, param))
    };
    let (from, to) = match (after, before) {
        (Some(_), Some(_)) => {
            let message = "You can only specify one of these parameters: starting_after, \
                           ending_before.";
            return Err(Refusal::invalid("", message).param("starting_after"));
        }
        (Some(id), None) => (find(&id, "starting_after")? + 1, None),
        (None, Some(id)) => {
            let end = find(&id, "ending_before")?;
            (end.saturating_sub(limit), Some(end))
        }
        (None, None) => (0, None),
    };
    let total = all.len();
    let end = to.unwrap_or(total.min(from + limit));
    let has_more = if to.is_some() { from > 0 } else { end < total };
    let data = all.into_iter().map(|(_, value)| value);
    let data: Vec<Value> = data.skip(from).take(end - from).collect();
    Ok(list(url, data, has_more))
}

/// A list object.
pub(crate) fn list(url: &str, data: Vec<Value>, has_more: bool) -> Value {
    json!({ "object": "list", "data": Value::Array(data), "has_more": has_more, "url": url })
}
