use super::stage::Model;
use crate::Time;
use crate::seed::Draws;

/// Loses the packets of these serial numbers.
pub(super) struct Listed {
    sorted: Vec<u64>,
}

impl Listed {
    pub(super) fn new(serials: &[u64]) -> Listed {
        let mut sorted = serials.to_vec();
        sorted.sort_unstable();
        Listed { sorted }
    }
}

impl Model for Listed {
    fn loses(&mut self, serial: u64, _at: Time, _draws: Draws) -> bool {
        self.sorted.binary_search(&serial).is_ok()
    }
}
