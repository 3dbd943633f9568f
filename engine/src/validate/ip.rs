//! IP addresses: a public one may tell something, a loopback or documentation address never does.

use core::net::{Ipv4Addr, Ipv6Addr};

use crate::finding::Verdict;

/// Valid for public unicast, abstain for private networks (RFC 1918, RFC 6598), invalid for the rest.
pub(super) fn check_v4(value: &[u8]) -> Verdict {
    core::str::from_utf8(value).ok().and_then(|text| text.parse().ok()).map_or(Verdict::Invalid, judge_v4)
}

/// Valid for public unicast, abstain for private networks (RFC 4193), invalid for the rest.
pub(super) fn check_v6(value: &[u8]) -> Verdict {
    core::str::from_utf8(value).ok().and_then(|text| text.parse().ok()).map_or(Verdict::Invalid, judge_v6)
}

fn judge_v4(address: Ipv4Addr) -> Verdict {
    match address.octets() {
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] | [100, 64..=127, ..] => Verdict::Abstain,
        [0 | 127, ..] | [169, 254, ..] | [224..=255, ..] => Verdict::Invalid,
        // Documentation, protocol assignments, benchmarks.
        [192, 0, 0 | 2, _] | [198, 51, 100, _] | [203, 0, 113, _] | [198, 18 | 19, ..] => Verdict::Invalid,
        _ => Verdict::Valid,
    }
}

fn judge_v6(address: Ipv6Addr) -> Verdict {
    if let Some(v4) = address.to_ipv4_mapped() {
        return judge_v4(v4);
    }
    match address.segments() {
        [0x2001, 0x0db8, ..] | [0x3fff, 0..=0x0fff, ..] => Verdict::Invalid,
        [0x2000..=0x3fff, ..] | [0x0064, 0xff9b, ..] => Verdict::Valid,
        [0xfc00..=0xfdff, ..] => Verdict::Abstain,
        _ => Verdict::Invalid,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn v4() {
        for (text, verdict) in [
            ("8.8.8.8", Verdict::Valid),
            ("172.32.0.1", Verdict::Valid),
            ("223.255.255.255", Verdict::Valid),
            ("10.1.2.3", Verdict::Abstain),
            ("172.16.0.1", Verdict::Abstain),
            ("192.168.1.1", Verdict::Abstain),
            ("0.0.0.0", Verdict::Invalid),
            ("127.0.0.1", Verdict::Invalid),
            ("169.254.169.254", Verdict::Invalid),
            ("192.0.2.1", Verdict::Invalid),
            ("198.51.100.7", Verdict::Invalid),
            ("203.0.113.7", Verdict::Invalid),
            ("224.0.0.1", Verdict::Invalid),
            ("255.255.255.255", Verdict::Invalid),
            ("8.8.8.256", Verdict::Invalid),
            ("8.8.08.8", Verdict::Invalid),
            ("8.8.8", Verdict::Invalid),
            ("8.8.8.8.8", Verdict::Invalid),
            ("", Verdict::Invalid),
        ] {
            assert_eq!(check_v4(text.as_bytes()), verdict, "{text}");
        }
    }

    #[test]
    fn v6() {
        for (text, verdict) in [
            ("2606:4700:4700::1111", Verdict::Valid),
            ("2a00:1450:4001:81b:0:0:0:200e", Verdict::Valid),
            ("2A00:1450::8.8.8.8", Verdict::Valid),
            ("64:ff9b::8.8.8.8", Verdict::Valid),
            ("::ffff:8.8.8.8", Verdict::Valid),
            ("::ffff:10.0.0.1", Verdict::Abstain),
            ("fd12:3456:789a::1", Verdict::Abstain),
            ("::", Verdict::Invalid),
            ("::1", Verdict::Invalid),
            ("2001:db8::1", Verdict::Invalid),
            ("3fff:0fff::1", Verdict::Invalid),
            ("fe80::1", Verdict::Invalid),
            ("ff02::1", Verdict::Invalid),
            ("dead::beef", Verdict::Invalid),
            ("2606:4700::1::2", Verdict::Invalid),
            ("2606:4700:4700:1111", Verdict::Invalid),
            ("2606:4700::1.2.3", Verdict::Invalid),
            ("2606:47000::1", Verdict::Invalid),
        ] {
            assert_eq!(check_v6(text.as_bytes()), verdict, "{text}");
        }
    }
}
