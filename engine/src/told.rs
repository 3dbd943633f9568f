//! What a token says about itself.

/// What a token says about itself, read offline: the account it opens, or when it was issued and expires. None of it helps
/// to use the token.
///
/// Packed, as findings are many: the two lowest bits are the kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told(u64);

const KIND: u64 = 3;
const ACCOUNT: u64 = 1;
const TIMES: u64 = 2;
/// Of an account's token: it expires on its own. Of one with times: that there is no end would be said.
const FLAG: u64 = 4;
/// Where the account stands, and the two times, in minutes.
const ISSUED: u32 = 3;
const EXPIRES: u32 = 33;
const MINUTES: u64 = (1 << 30) - 1;

impl Told {
    /// The account that a token opens, and whether it expires on its own.
    pub(crate) fn of_account(account: u64, temporary: bool) -> Self {
        Told(ACCOUNT | if temporary { FLAG } else { 0 } | account << ISSUED)
    }

    /// When a token was issued and expires, in seconds since 1970. `ends` says that one without an end has none.
    pub(crate) fn of_times(issued: Option<i64>, expires: Option<i64>, ends: bool) -> Self {
        let minutes = |seconds: Option<i64>| seconds.map_or(0, |s| (s / 60).clamp(0, MINUTES as i64) as u64);
        Told(TIMES | if ends { FLAG } else { 0 } | minutes(issued) << ISSUED | minutes(expires) << EXPIRES)
    }

    /// The account of the cloud that it opens: of AWS the twelve digits.
    #[must_use]
    pub fn account(self) -> Option<u64> {
        (self.0 & KIND == ACCOUNT).then_some(self.0 >> ISSUED)
    }

    /// When it was issued, in seconds since 1970, to the minute.
    #[must_use]
    pub fn issued(self) -> Option<i64> {
        self.time(ISSUED)
    }

    /// When it expires, in seconds since 1970, to the minute.
    #[must_use]
    pub fn expires(self) -> Option<i64> {
        self.time(EXPIRES)
    }

    /// Whether it expires on its own; none where the token does not tell.
    #[must_use]
    pub fn temporary(self) -> Option<bool> {
        match self.0 & KIND {
            ACCOUNT => Some(self.0 & FLAG != 0),
            TIMES if self.expires().is_some() => Some(true),
            TIMES if self.0 & FLAG != 0 => Some(false),
            _ => None,
        }
    }

    fn time(self, at: u32) -> Option<i64> {
        let minutes = self.0 >> at & MINUTES;
        (self.0 & KIND == TIMES && minutes > 0).then_some(minutes as i64 * 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out() {
        let all = |told: Told| (told.account(), told.issued(), told.expires(), told.temporary());
        assert_eq!(all(Told::default()), (None, None, None, None));
        assert_eq!(all(Told::of_account(581_039_954_779, false)), (Some(581_039_954_779), None, None, Some(false)));
        assert_eq!(all(Told::of_account(1, true)), (Some(1), None, None, Some(true)));
        let times = Told::of_times(Some(1_700_000_059), Some(4_102_444_799), true);
        assert_eq!(all(times), (None, Some(1_700_000_040), Some(4_102_444_740), Some(true)));
        assert_eq!(all(Told::of_times(None, None, true)), (None, None, None, Some(false)));
        assert_eq!(all(Told::of_times(Some(60), None, false)), (None, Some(60), None, None));
        // What is too far off to be told is told as the last that can be.
        assert_eq!(all(Told::of_times(Some(-1), Some(i64::MAX), true)), (None, None, Some(MINUTES as i64 * 60), Some(true)));
    }
}
