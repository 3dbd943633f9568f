//! Values put back in place of their tokens, where the policy lets them.

use core::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tamis_engine::Scanner;

use super::ledger::Ledger;
use super::places::Place;
use crate::audit::{RestoreRefused, Restored, What};
use crate::flow::{Direction, Flow};
use crate::frame::Frame;
use crate::name::Name;
use crate::policy::{Facts, Policy};
use crate::settings::Settings;
use crate::token::{Opened, Outcome, Restoration, Restorer, Tokenizer};

type May = Box<dyn FnMut(&Opened) -> bool + Send + Sync>;

/// A restorer that asks the policy about each token, where it stands.
pub(super) struct Restoring {
    restorer: Restorer<Vec<u8>, May>,
    warden: Warden,
    scope: Name,
    place: Place,
}

/// Knows where values may be put back.
#[derive(Clone)]
struct Warden {
    scanner: Scanner,
    policy: Arc<Policy>,
    /// Where the token stands that is asked about.
    flow: Arc<Mutex<Flow>>,
}

impl Warden {
    /// The row that lets values that this rule found be put back here, if one does.
    fn row(&self, rule: &str) -> Option<Name> {
        let facts = Facts::recalled(rule, &self.scanner);
        let flow = self.flow.lock().unwrap_or_else(PoisonError::into_inner);
        self.policy.restores(&flow, &facts).map(Name::new)
    }
}

impl Restoring {
    pub(super) fn new(tokens: &Tokenizer, frame: Frame, settings: &Settings, ledger: &Ledger) -> Self {
        let flow = Arc::new(Mutex::new(ledger.flow.clone()));
        let warden = Warden { scanner: ledger.scanner.clone(), policy: Arc::clone(&ledger.policy), flow };
        let asked = warden.clone();
        let may: May = Box::new(move |opened| asked.row(&opened.rule).is_some());
        let restorer = Restorer::new(tokens.clone(), frame, Vec::new(), may).with_fingerprints(settings.key.clone());
        Restoring { restorer, warden, scope: Name::from(tokens.scope().to_string()), place: Place::default() }
    }

    /// Takes the next bytes, which stand here.
    pub(super) fn push(&mut self, place: &Place, ledger: &Ledger, bytes: &mut Vec<u8>) {
        if self.place != *place {
            self.place = place.clone();
            *self.warden.flow.lock().unwrap_or_else(PoisonError::into_inner) = ledger.flow_at(place);
        }
        self.restorer.push(bytes);
        bytes.clear();
    }

    /// Bytes of a token that has begun.
    pub(super) fn holdback(&self) -> u64 {
        self.restorer.holdback() as u64
    }

    /// Another text comes now.
    pub(super) fn restart(&mut self) {
        self.restorer.restart();
    }

    /// The text ends.
    pub(super) fn finish(&mut self) {
        self.restorer.finish();
    }

    /// What may go out.
    pub(super) fn take(&mut self, ledger: &mut Ledger, base: &Place, out: &mut Vec<u8>) {
        let restorations: Vec<_> = self.restorer.drain().collect();
        for restoration in restorations {
            self.tell(restoration, ledger, base);
        }
        out.append(self.restorer.output_mut());
    }

    fn tell(&self, restoration: Restoration, ledger: &mut Ledger, base: &Place) {
        let Restoration { rule, key, fingerprint, outcome, .. } = restoration;
        let scope = self.scope.clone();
        let what = match (outcome, fingerprint, key) {
            (Outcome::Restored, Some(fingerprint), Some(key)) => {
                ledger.counts.restored += 1;
                What::Restored(Restored { fingerprint, key: key.as_str().into(), row: self.warden.row(&rule), scope })
            }
            // That tokens go back to where they came from is as it should be.
            _ if ledger.flow.direction == Some(Direction::Outbound) => return,
            (Outcome::Refused(refusal), ..) => {
                What::RestoreRefused(RestoreRefused { row: None, scope, why: Name::from(refusal.to_string()) })
            }
            _ => What::RestoreRefused(RestoreRefused { row: None, scope, why: "policy does not allow it".into() }),
        };
        ledger.tell(what, base);
    }
}

impl fmt::Debug for Restoring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.restorer.fmt(f)
    }
}
