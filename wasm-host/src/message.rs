//! Requests and responses, as they are sent and as they arrive.

/// Names and values, in order; names in lower case.
pub type Headers = Vec<(String, String)>;

/// What is sent.
#[derive(Clone, Debug, Default)]
pub struct Message {
    /// Headers, pseudo headers among them.
    pub headers: Headers,
    /// The body, in the chunks that the filter gets.
    pub chunks: Vec<Vec<u8>>,
    /// Trailers, if there are any.
    pub trailers: Option<Headers>,
}

impl Message {
    /// A message with these headers and this body.
    pub fn new<'h, 'b>(headers: impl IntoIterator<Item = (&'h str, &'h str)>, chunks: impl IntoIterator<Item = &'b [u8]>) -> Self {
        Message {
            headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            chunks: chunks.into_iter().map(<[u8]>::to_vec).collect(),
            trailers: None,
        }
    }

    /// A JSON request to this path.
    pub fn post<'b>(path: &str, chunks: impl IntoIterator<Item = &'b [u8]>) -> Self {
        let head = [
            (":method", "POST"),
            (":path", path),
            (":authority", "api.example.com"),
            (":scheme", "http"),
            ("content-type", "application/json"),
            ("accept-encoding", "gzip, br"),
        ];
        Message::new(head, chunks)
    }

    /// A response of this type.
    pub fn ok<'b>(content_type: &str, chunks: impl IntoIterator<Item = &'b [u8]>) -> Self {
        Message::new([(":status", "200"), ("content-type", content_type)], chunks)
    }

    /// The same with one header more, or another value of it.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.set(name, value);
        self
    }

    /// Adds a header, or changes its value.
    pub fn set(&mut self, name: &str, value: &str) {
        self.headers.retain(|(other, _)| other != name);
        self.headers.push((name.to_owned(), value.to_owned()));
    }
}

/// What arrived at one end.
#[derive(Clone, Debug, Default)]
pub struct Received {
    /// Headers, if any arrived.
    pub headers: Option<Headers>,
    /// The body: each chunk with the number of the chunk sent before it.
    pub chunks: Vec<(usize, Vec<u8>)>,
    /// Trailers, if any arrived.
    pub trailers: Option<Headers>,
    /// Whether the end arrived.
    pub ended: bool,
}

impl Received {
    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let headers = self.headers.as_ref()?;
        headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// The status of a response.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.header(":status")?.parse().ok()
    }

    /// The whole body.
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        self.chunks.iter().flat_map(|(_, chunk)| chunk).copied().collect()
    }

    /// The whole body as text, with signs for what is none.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body()).into_owned()
    }
}
