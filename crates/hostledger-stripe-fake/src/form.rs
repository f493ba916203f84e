//! Stripe's form encoding: `metadata[k]=v`, `expand[]=x`, `created[gte]=n`.

use std::collections::BTreeMap;

use crate::error::Refusal;

/// Decoded names and values, in the order they were sent.
pub(crate) type Pairs = Vec<(String, String)>;

/// Decodes a query or a body.
pub(crate) fn pairs(encoded: &str) -> Pairs {
    form_urlencoded::parse(encoded.as_bytes())
        .into_owned()
        .collect()
}

/// The parameters of one call, read by name; what isn't allowed is refused.
#[derive(Debug, Default)]
pub(crate) struct Form {
    fields: Vec<(Vec<String>, String)>,
}

/// `created[gt|gte|lt|lte]`, or an exact time.
#[derive(Debug, Default)]
pub(crate) struct Range {
    above: Option<i64>,
    below: Option<i64>,
}

impl Range {
    /// Whether a time lies in it.
    pub(crate) fn has(&self, time: i64) -> bool {
        self.above.is_none_or(|least| time >= least) && self.below.is_none_or(|most| time <= most)
    }
}

impl Form {
    pub(crate) fn new(pairs: &[(String, String)]) -> Self {
        let fields = pairs
            .iter()
            .map(|(name, value)| (path(name), value.clone()));
        Self {
            fields: fields.collect(),
        }
    }

    /// Refuses every parameter whose first name isn't listed.
    pub(crate) fn only(&self, allowed: &[&str]) -> Result<(), Refusal> {
        let mut others: Vec<&str> = Vec::new();
        for (path, _) in &self.fields {
            let name = path[0].as_str();
            if !allowed.contains(&name) && !others.contains(&name) {
                others.push(name);
            }
        }
        match others[..] {
            [] => Ok(()),
            [one] => Err(unknown(one)),
            [first, ..] => Err(Refusal::invalid(
                "parameter_unknown",
                format!("Received unknown parameters: {}", others.join(", ")),
            )
            .param(first)),
        }
    }

    /// A plain value; an empty one is refused.
    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, Refusal> {
        let Some(value) = self.plain(name)? else {
            return Ok(None);
        };
        if value.is_empty() {
            return Err(Refusal::invalid(
                "parameter_invalid_empty",
                format!(
                    "You passed an empty string for '{name}'. We assume empty values are an \
                     attempt to unset a parameter; however '{name}' cannot be unset. You should \
                     remove '{name}' from your request or supply a non-empty value."
                ),
            )
            .param(name));
        }
        let most = 5000;
        if value.chars().count() > most {
            return Err(Refusal::invalid(
                "",
                format!("Invalid string: must be at most {most} characters"),
            )
            .param(name));
        }
        Ok(Some(value.to_owned()))
    }

    /// A value that must be there.
    pub(crate) fn required(&self, name: &str) -> Result<String, Refusal> {
        self.text(name)?.ok_or_else(|| missing(name))
    }

    /// One of some words.
    pub(crate) fn one_of(&self, name: &str, words: &[&str]) -> Result<Option<String>, Refusal> {
        let value = self.text(name)?;
        if let Some(value) = value.as_deref().filter(|value| !words.contains(value)) {
            return Err(Refusal::invalid(
                "",
                format!(
                    "Invalid {name}: {value} must be one of {}",
                    words.join(", ")
                ),
            )
            .param(name));
        }
        Ok(value)
    }

    /// A whole number.
    pub(crate) fn integer(&self, name: &str) -> Result<Option<i64>, Refusal> {
        self.text(name)?
            .map(|value| integer(name, &value))
            .transpose()
    }

    /// A whole number of at least 1.
    pub(crate) fn positive(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let value = self.integer(name)?;
        if value.is_some_and(|value| value < 1) {
            return Err(out_of_bounds(name, "greater than or equal to 1"));
        }
        Ok(value)
    }

    /// `true` or `false`.
    pub(crate) fn boolean(&self, name: &str) -> Result<Option<bool>, Refusal> {
        let value = self.text(name)?;
        value
            .map(|value| {
                value.parse().map_err(|_| {
                    Refusal::invalid("", format!("Invalid boolean: {value}")).param(name)
                })
            })
            .transpose()
    }

    /// `limit`, 10 unless told, at most 100.
    pub(crate) fn limit(&self) -> Result<usize, Refusal> {
        let value = self.positive("limit")?.unwrap_or(10);
        if value > 100 {
            return Err(out_of_bounds("limit", "less than or equal to 100"));
        }
        Ok(usize::try_from(value).unwrap_or(10))
    }

    /// The values of `name[]=…` or `name[0]=…`.
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        let under = self.fields.iter().filter(|(path, _)| path[0] == name);
        under.map(|(_, value)| value.as_str()).collect()
    }

    /// The value at `name[key][key]`.
    pub(crate) fn nested(&self, at: &[&str]) -> Option<&str> {
        let mut fields = self.fields.iter();
        let found = fields.rfind(|(path, _)| path.iter().eq(at));
        found.map(|(_, value)| value.as_str())
    }

    /// The values of `name[key]=…`, one level deep.
    pub(crate) fn map(&self, name: &str) -> Result<BTreeMap<String, String>, Refusal> {
        let mut map = BTreeMap::new();
        for (path, value) in self.fields.iter().filter(|(path, _)| path[0] == name) {
            match &path[1..] {
                [key] if !key.is_empty() => map.insert(key.clone(), value.clone()),
                [] if value.is_empty() => continue,
                _ => return Err(Refusal::invalid("", "Invalid object").param(name)),
            };
        }
        Ok(map)
    }

    /// Changes metadata as told: an empty value removes a key, an empty `metadata` all of them
    /// (<https://docs.stripe.com/api/metadata>).
    pub(crate) fn metadata(&self, kept: &mut BTreeMap<String, String>) -> Result<(), Refusal> {
        let cleared =
            |(path, value): &(Vec<String>, String)| path == &["metadata"] && value.is_empty();
        let changes = self.map("metadata")?;
        let mut after = kept.clone();
        if self.fields.iter().any(cleared) {
            after.clear();
        }
        for (key, value) in changes {
            if key.chars().count() > 40 || value.chars().count() > 500 {
                return Err(Refusal::invalid(
                    "",
                    format!(
                        "Metadata keys have at most 40 characters and values at most 500: {key}"
                    ),
                )
                .param("metadata"));
            }
            if value.is_empty() {
                after.remove(&key);
            } else {
                after.insert(key, value);
            }
        }
        if after.len() > 50 {
            return Err(Refusal::invalid("", "Metadata can have at most 50 keys").param("metadata"));
        }
        *kept = after;
        Ok(())
    }

    /// A range of time.
    pub(crate) fn range(&self, name: &str) -> Result<Range, Refusal> {
        let mut range = Range::default();
        for (path, value) in self.fields.iter().filter(|(path, _)| path[0] == name) {
            let full = written(path);
            let at = integer(&full, value)?;
            match path.get(1).map(String::as_str) {
                None => (range.above, range.below) = (Some(at), Some(at)),
                Some("gt") => range.above = Some(at.saturating_add(1)),
                Some("gte") => range.above = Some(at),
                Some("lt") => range.below = Some(at.saturating_sub(1)),
                Some("lte") => range.below = Some(at),
                Some(_) => return Err(unknown(&full)),
            }
        }
        Ok(range)
    }

    fn plain(&self, name: &str) -> Result<Option<&str>, Refusal> {
        let mut fields = self.fields.iter().filter(|(path, _)| path[0] == name);
        if fields.clone().any(|(path, _)| path.len() > 1) {
            return Err(Refusal::invalid("", "Invalid string: an object was sent").param(name));
        }
        Ok(fields.next_back().map(|(_, value)| value.as_str()))
    }
}

/// `a[b][c]` in its parts.
fn path(name: &str) -> Vec<String> {
    let Some((first, rest)) = name.split_once('[').filter(|_| name.ends_with(']')) else {
        return vec![name.to_owned()];
    };
    let rest = &rest[..rest.len() - 1];
    let inner = rest.split("][").map(str::to_owned);
    std::iter::once(first.to_owned()).chain(inner).collect()
}

fn written(path: &[String]) -> String {
    let inner: String = path[1..].iter().map(|part| format!("[{part}]")).collect();
    format!("{}{inner}", path[0])
}

fn integer(name: &str, value: &str) -> Result<i64, Refusal> {
    value.parse().map_err(|_| {
        Refusal::invalid(
            "parameter_invalid_integer",
            format!("Invalid integer: {value}"),
        )
        .param(name)
    })
}

fn out_of_bounds(name: &str, bound: &str) -> Refusal {
    Refusal::invalid(
        "parameter_invalid_integer",
        format!("This value must be {bound}."),
    )
    .param(name)
}

/// A parameter that must be there and isn't.
pub(crate) fn missing(name: &str) -> Refusal {
    Refusal::invalid(
        "parameter_missing",
        format!("Missing required param: {name}."),
    )
    .param(name)
}

/// A parameter that the endpoint doesn't have.
pub(crate) fn unknown(name: &str) -> Refusal {
    Refusal::invalid(
        "parameter_unknown",
        format!("Received unknown parameter: {name}"),
    )
    .param(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_names_are_taken_apart_and_unknown_ones_refused() {
        let form = Form::new(&pairs(
            "metadata[a%5Bb]=x+y&expand[]=p&expand[1]=q&created[gt]=4&created[lte]=9&amount=12",
        ));
        assert_eq!(form.integer("amount").unwrap(), Some(12));
        assert_eq!(form.list("expand"), ["p", "q"]);
        assert_eq!(form.map("metadata").unwrap()["a[b"], "x y");
        let range = form.range("created").unwrap();
        assert!(!range.has(4) && range.has(5) && range.has(9) && !range.has(10));
        let refused = form.only(&["metadata", "expand", "created"]).unwrap_err();
        assert_eq!(refused.message(), "Received unknown parameter: amount");
        for bad in ["created[foo]=1", "created=x", "created[gte]=1.5"] {
            assert!(Form::new(&pairs(bad)).range("created").is_err(), "{bad}");
        }
    }

    #[test]
    fn an_empty_value_removes_metadata() {
        let mut kept = BTreeMap::from([("a".to_owned(), "1".to_owned())]);
        let change = |form: &str, kept: &mut _| Form::new(&pairs(form)).metadata(kept).unwrap();
        change("metadata[b]=2", &mut kept);
        assert_eq!(kept.len(), 2);
        change("metadata[a]=", &mut kept);
        assert_eq!(kept.keys().collect::<Vec<_>>(), ["b"]);
        change("metadata=", &mut kept);
        assert!(kept.is_empty());
    }
}
