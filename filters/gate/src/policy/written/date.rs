//! Days and times.

use core::ops::Deref;

use jiff::civil;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::values::checked_text;

checked_text! {
    /// A day (`2026-12-31`) or a point in time (`2026-12-31T17:00:00Z`). Days are those of UTC.
    Date, { "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?$" }, no_date
}

impl Date {
    /// Its first moment.
    pub(crate) fn first(&self) -> Timestamp {
        day(self, 0).or_else(|| self.0.parse().ok()).unwrap_or_default()
    }

    /// The moment when it is over.
    pub(crate) fn last(&self) -> Timestamp {
        day(self, 1).or_else(|| self.0.parse().ok()).unwrap_or_default()
    }
}

impl Deref for Date {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// The midnight that starts the day as many days later, if the text is a day.
fn day(text: &str, later: i64) -> Option<Timestamp> {
    if text.len() != "2026-12-31".len() {
        return None;
    }
    let day: civil::Date = text.parse().ok()?;
    let day = day.checked_add(Span::new().days(later)).ok()?;
    Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

fn no_date(text: &str) -> Option<&'static str> {
    let good = day(text, 1).is_some() || text.parse::<Timestamp>().is_ok();
    (!good).then_some("is no date: write a day, 2026-12-31, or a time with its zone, 2026-12-31T17:00:00Z")
}
