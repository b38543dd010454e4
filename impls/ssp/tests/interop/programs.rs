//! Which programs talk to which.

/// A server and a client.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Programs {
    pub(crate) server: &'static str,
    pub(crate) client: &'static str,
}

const OUR_SERVER: &str = env!("CARGO_BIN_EXE_ssp-server");
const OUR_CLIENT: &str = env!("CARGO_BIN_EXE_ssp-client");

pub(crate) const OURS: Programs = Programs {
    server: OUR_SERVER,
    client: OUR_CLIENT,
};
pub(crate) const OUR_SERVER_STOCK_CLIENT: Programs = Programs {
    server: OUR_SERVER,
    client: "mosh-client",
};
pub(crate) const STOCK_SERVER_OUR_CLIENT: Programs = Programs {
    server: "mosh-server",
    client: OUR_CLIENT,
};

/// Every mixture with something of ours in it.
pub(crate) const MIXTURES: [Programs; 3] = [OURS, OUR_SERVER_STOCK_CLIENT, STOCK_SERVER_OUR_CLIENT];
