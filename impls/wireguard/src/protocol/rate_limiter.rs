//! How many handshakes one source may ask for while we are under load: 20 a second, 5 at once (the kernel's numbers).

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

const COST: Duration = Duration::from_millis(50);
const BURST: Duration = Duration::from_millis(250);
const COLLECT_EVERY: Duration = Duration::from_secs(1);

/// Sources that are remembered; more are refused until one is forgotten.
const CAPACITY: usize = 65_536;

/// One token bucket a source: an IPv4 address, or an IPv6 network of 64 bits.
#[derive(Default)]
pub(crate) struct RateLimiter {
    /// When the source's bucket will be full again.
    full_at: HashMap<u64, Duration>,
    collect_at: Duration,
}

impl RateLimiter {
    /// Whether `source` may ask once more.
    pub(crate) fn allow(&mut self, now: Duration, source: IpAddr) -> bool {
        if now >= self.collect_at {
            self.full_at.retain(|_, full_at| *full_at > now);
            self.collect_at = now + COLLECT_EVERY;
        }
        let key = bucket_key(source);
        if self.full_at.len() >= CAPACITY && !self.full_at.contains_key(&key) {
            return false;
        }
        let full_at = self.full_at.entry(key).or_default();
        let charged = (*full_at).max(now) + COST;
        let allowed = charged - now <= BURST;
        if allowed {
            *full_at = charged;
        }
        allowed
    }
}

/// IPv4 addresses lie in ::/64, which no source on the Internet has.
fn bucket_key(source: IpAddr) -> u64 {
    match source {
        IpAddr::V4(address) => u64::from(address.to_bits()),
        IpAddr::V6(address) => (address.to_bits() >> 64) as u64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn a_burst_of_five_then_one_every_50_ms() {
        let mut limiter = RateLimiter::default();
        let source = "192.0.2.1".parse().unwrap();
        assert!((0..5).all(|_| limiter.allow(at(0), source)));
        assert!(!limiter.allow(at(0), source));
        assert!(!limiter.allow(at(49), source));
        assert!(limiter.allow(at(50), source));
        assert!(!limiter.allow(at(50), source));
        assert!((0..5).all(|_| limiter.allow(at(2000), source)));
    }

    #[test]
    fn addresses_of_one_ipv6_network_share_a_bucket_and_ipv4_addresses_do_not() {
        let mut limiter = RateLimiter::default();
        for host in 1..=5 {
            assert!(limiter.allow(at(0), format!("2001:db8::{host}").parse().unwrap()));
            assert!(limiter.allow(at(0), format!("192.0.2.{host}").parse().unwrap()));
        }
        assert!(!limiter.allow(at(0), "2001:db8::6".parse().unwrap()));
        assert!(limiter.allow(at(0), "2001:db8:0:1::6".parse().unwrap()));
        assert!(limiter.allow(at(0), "192.0.2.6".parse().unwrap()));
    }

    #[test]
    fn the_table_is_bounded_and_forgets_idle_sources() {
        let mut limiter = RateLimiter::default();
        for host in 0..CAPACITY as u32 {
            assert!(limiter.allow(at(0), IpAddr::V4(host.into())));
        }
        assert!(!limiter.allow(at(0), "203.0.113.1".parse().unwrap()));
        assert!(limiter.allow(at(1000), "203.0.113.1".parse().unwrap()));
        assert_eq!(limiter.full_at.len(), 1);
    }
}
