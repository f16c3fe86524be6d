//! From nodes to pieces: what the browser would set as one paragraph, heading, item or quotation is one [`Piece`].

use super::dom::{Dom, Node, Role};
use crate::clean::layout::is_marker;

/// What a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A paragraph.
    Paragraph,
    /// A heading.
    Heading,
    /// A quotation.
    Quote,
    /// An item of a list.
    Item,
    /// A row of a table.
    Row,
    /// An embed, by its number in the page.
    Embed(usize),
}

/// One block of text with its place in the page.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    /// What it is.
    pub(super) kind: Kind,
    /// Its text, white space folded; lines parted by a line feed.
    pub(super) text: String,
    /// Characters of it that are not white space; those of Chinese, Japanese and Korean count twice.
    pub(super) size: usize,
    /// Those of them that are inside links.
    pub(super) linked: usize,
    /// How far its text is set in bold from its beginning, in bytes.
    pub(super) bold: usize,
    /// The node it begins with.
    pub(super) node: usize,
    /// The element it stands in.
    pub(super) block: usize,
}

/// What an open element means for the text in it.
#[derive(Debug, Clone, Copy)]
struct Frame {
    end: usize,
    block: usize,
    is_block: bool,
    kind: Kind,
    link: bool,
    bold: bool,
    raised: bool,
    verbatim: bool,
    /// Inside a cell that holds no more than a figure or a label: a column of its row, however it is set.
    column: bool,
}

/// Lays out the nodes of `dom`, without those that `skips` says to leave out; `embed` gives the number of the embed that
/// stands in the place of an element.
pub(super) fn pieces(dom: &Dom<'_>, skips: &[bool], embed: impl Fn(usize) -> Option<usize>) -> Vec<Piece> {
    let mut writer = Writer::default();
    let mut open: Vec<Frame> = Vec::new();
    let mut resume = 0;
    for (number, (node, &skip)) in dom.nodes.iter().zip(skips).enumerate() {
        while open.last().is_some_and(|frame| frame.end <= number) {
            if open.pop().is_some_and(|frame| frame.is_block) {
                writer.flush();
            }
        }
        if number < resume {
            continue;
        }
        if let Some(embed) = embed(number) {
            writer.flush();
            writer.pieces.push(Piece::embed(embed, number, node.parent));
            resume = node.end;
            continue;
        }
        if skip || node.role == Role::Silent {
            writer.skip(node.role);
            resume = node.end;
            continue;
        }
        let frame = open.last().copied().unwrap_or(ROOT);
        match node.role {
            Role::Text => writer.push(node.text, number, &frame),
            Role::Break => writer.line_break(),
            _ => open.push(enter(&mut writer, dom, number, frame)),
        }
    }
    writer.flush();
    writer.pieces
}

/// A cell that holds more than this is no figure in a row but running text, in characters.
const MAX_CELL: usize = 120;

const ROOT: Frame = Frame {
    end: usize::MAX,
    block: 0,
    is_block: true,
    kind: Kind::Paragraph,
    link: false,
    bold: false,
    raised: false,
    verbatim: false,
    column: false,
};

fn enter(writer: &mut Writer, dom: &Dom<'_>, number: usize, around: Frame) -> Frame {
    let Some(node) = dom.get(number) else { return around };
    let mut frame = Frame { end: node.end, is_block: false, ..around };
    match node.role {
        Role::Link => frame.link = true,
        Role::Inline => {
            frame.bold |= matches!(node.name(), "b" | "strong");
            frame.raised |= node.name() == "sup";
            return frame;
        }
        Role::Cell => {
            writer.cell();
            return Frame { block: number, column: frame.kind == Kind::Row && is_column(dom.within(number)), ..frame };
        }
        Role::Block | Role::Paragraph | Role::Heading if frame.column => {
            writer.space = true;
            return frame;
        }
        _ => {
            writer.flush();
            frame.is_block = true;
            frame.block = number;
        }
    }
    match node.role {
        Role::Paragraph if frame.kind == Kind::Row => frame.kind = Kind::Paragraph,
        Role::Heading => frame.kind = Kind::Heading,
        Role::Quote => frame.kind = Kind::Quote,
        Role::Item if frame.kind != Kind::Quote => frame.kind = Kind::Item,
        Role::Row => frame.kind = Kind::Row,
        Role::Verbatim => frame.verbatim = true,
        _ => {}
    }
    frame
}

/// Whether a cell holds one short text, or a few that stand together.
fn is_column(cell: &[Node<'_>]) -> bool {
    const MAX_NODES: usize = 20;
    let text = || cell.iter().filter(|node| node.role == Role::Text).map(|node| node.text.trim().len()).sum::<usize>();
    let is_plain =
        || cell.iter().skip(1).all(|node| !matches!(node.role, Role::Cell | Role::Item | Role::Quote | Role::Break));
    cell.len() <= MAX_NODES && text() <= MAX_CELL && is_plain()
}

impl Piece {
    fn embed(embed: usize, node: usize, block: usize) -> Self {
        let text = String::new();
        Self { kind: Kind::Embed(embed), text, size: 0, linked: 0, bold: 0, node, block }
    }

    /// The share of it that is inside links.
    pub(super) fn link_share(&self) -> f64 {
        self.linked as f64 / self.size.max(1) as f64
    }
}

/// Makes cross-heads of what is set like them: short lines in bold, alone or at the head of a paragraph, that a text follows.
pub(super) fn with_cross_heads(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::with_capacity(pieces.len());
    let mut pieces = pieces.into_iter().peekable();
    while let Some(mut piece) = pieces.next() {
        let is_followed = pieces.peek().is_some_and(|next| next.kind != Kind::Heading && next.size > piece.size);
        let (head, rest) = piece.text.split_at_checked(piece.bold).unwrap_or(("", ""));
        if piece.kind == Kind::Paragraph && is_cross_head(head) {
            if rest.is_empty() && is_followed {
                piece.kind = Kind::Heading;
            } else if let Some(rest) = rest.strip_prefix('\n').filter(|rest| rest.len() > head.len()) {
                let head = Piece { kind: Kind::Heading, text: head.to_owned(), ..piece };
                piece.text = rest.to_owned();
                out.push(head);
            }
        }
        out.push(piece);
    }
    out
}

/// Characters of a cross-head.
const MAX_CROSS_HEAD: usize = 90;

fn is_cross_head(text: &str) -> bool {
    (3..=MAX_CROSS_HEAD).contains(&text.chars().count())
        && text
            .starts_with(|c: char| c.is_alphanumeric() && !c.is_lowercase() || matches!(c, '«' | '“' | '"' | '¿' | '¡'))
        && !text.contains('\n')
        && !text.ends_with(['.', ',', ';', '…'])
}

/// Gathers pieces.
#[derive(Default)]
struct Writer {
    pieces: Vec<Piece>,
    piece: Option<Piece>,
    space: bool,
    cell: bool,
    breaks: usize,
}

impl Writer {
    /// Adds text to the open piece, or begins one.
    fn push(&mut self, text: &str, number: usize, frame: &Frame) {
        if self.piece.is_none() && text.chars().all(char::is_whitespace) {
            return;
        }
        let is_running = text.len() > MAX_CELL;
        if is_running && self.cell && self.piece.is_some() {
            self.flush();
        }
        let piece = self.piece.get_or_insert_with(|| Piece {
            kind: if is_running && frame.kind == Kind::Row { Kind::Paragraph } else { frame.kind },
            text: String::new(),
            size: 0,
            linked: 0,
            bold: 0,
            node: number,
            block: frame.block,
        });
        let is_linked = frame.link && !is_address(text);
        let is_bold = frame.bold && piece.bold == piece.text.len();
        for c in text.chars() {
            if c.is_ascii_whitespace() {
                if frame.verbatim && c == '\n' {
                    self.breaks = 1;
                }
                self.space = true;
                continue;
            }
            if is_marker(c) {
                continue;
            }
            if !piece.text.is_empty() {
                match (self.breaks, self.cell, self.space) {
                    (1.., ..) => piece.text.push('\n'),
                    (_, true, _) => piece.text.push_str(" | "),
                    (.., true) => piece.text.push(' '),
                    _ => {}
                }
            }
            (self.breaks, self.cell, self.space) = (0, false, false);
            let follows = piece.text.ends_with(|before: char| !before.is_whitespace());
            piece.text.push(if frame.raised && follows { raised(c) } else { c });
            let counts = if c.is_whitespace() { 0 } else { 1 + usize::from(c >= '\u{2E80}') };
            piece.size += counts;
            piece.linked += counts * usize::from(is_linked);
        }
        if is_bold {
            piece.bold = piece.text.len();
        }
    }

    /// A `<br>`: two of them part paragraphs.
    fn line_break(&mut self) {
        self.breaks += 1;
        if self.breaks > 1 {
            self.flush();
        }
    }

    /// A cell of a table begins: another column of the row, or another block where tables only place things.
    fn cell(&mut self) {
        if self.piece.as_ref().is_some_and(|piece| piece.size > MAX_CELL || piece.text.contains('\n')) {
            self.flush();
        }
        self.cell = true;
    }

    /// An element that is left out.
    fn skip(&mut self, role: Role) {
        match role {
            Role::Silent => {}
            Role::Text | Role::Inline | Role::Link => self.space = true,
            _ => self.flush(),
        }
    }

    /// Ends the open piece.
    fn flush(&mut self) {
        (self.breaks, self.cell, self.space) = (0, false, false);
        self.pieces.extend(self.piece.take().filter(|piece| piece.size > 0));
    }
}

/// A raised figure as a character of its own, so that 10 to the sixth is not 106, nor a note's number a part of its word.
fn raised(c: char) -> char {
    match c {
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        '9' => '⁹',
        '-' | '−' => '⁻',
        _ => c,
    }
}

/// Whether a link's text is the address it leads to, which is more than a way out of the page.
fn is_address(text: &str) -> bool {
    let text = text.trim();
    text.starts_with("http") || text.starts_with("www.") || (text.contains('@') && !text.contains(' '))
}
