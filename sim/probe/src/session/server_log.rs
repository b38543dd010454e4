//! What a server says on standard error while its session lasts.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader, Lines};

/// Lines that are kept; a server that fails says why in its last few.
const KEPT: usize = 50;

/// The last lines of a server's log.
#[derive(Clone, Default)]
pub(super) struct ServerLog(Arc<Mutex<VecDeque<String>>>);

impl ServerLog {
    /// Reads until a line is `wanted`, forgets what led there, and goes on reading without being waited for.
    /// False when the log ends before.
    pub(super) async fn read_until<R>(&self, wanted: impl Fn(&str) -> bool, log: R) -> bool
    where
        R: AsyncRead + Unpin + Send + 'static,
    {
        let mut lines = BufReader::new(log).lines();
        while let Some(line) = self.read_line(&mut lines).await {
            if wanted(&line) {
                self.kept().clear();
                let log = self.clone();
                tokio::spawn(async move { while log.read_line(&mut lines).await.is_some() {} });
                return true;
            }
        }
        false
    }

    async fn read_line<R: AsyncRead + Unpin>(
        &self,
        lines: &mut Lines<BufReader<R>>,
    ) -> Option<String> {
        let line = lines.next_line().await.ok()??;
        let mut kept = self.kept();
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(line.clone());
        Some(line)
    }

    /// What is kept, oldest first.
    pub(super) fn lines(&self) -> Vec<String> {
        self.kept().iter().cloned().collect()
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
