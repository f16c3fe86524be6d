//! Parsing within a budget. The HTML parser needs quadratic time on many inputs; here its steps are counted, and past the
//! budget it is stopped. The count depends on the bytes alone.

use std::borrow::Cow;
use std::cell::{Cell, Ref, RefCell};
use std::collections::HashMap;

use html5ever::driver::{ParseOpts, parse_document};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::{Attribute, QualName};
use scraper::{Html, HtmlTreeSink};

use super::strip::{Token, tokens};

/// Attributes on one tag: the parser compares each with all before it.
const MAX_ATTRIBUTES: usize = 256;
/// Elements and runs of text on one page; some 300 bytes of memory each.
const MAX_NODES: usize = 400_000;
/// What the parser may do: looks at an open element, and nodes made, moved or removed.
const MAX_STEPS: usize = 20_000_000;
/// How deep elements may nest; browsers stop at 512.
const MAX_DEPTH: usize = 2_000;
/// Bytes given to the parser between two looks at the budget.
const CHUNK: usize = 4 * 1024;

/// Parses a page or a fragment; `None` if that would take too much time or memory.
pub(super) fn parse(html: &str) -> Option<Html> {
    if tokens(html).any(|token| matches!(token, Token::Tag { attributes, .. } if attributes > MAX_ATTRIBUTES)) {
        return None;
    }
    let mut parser = parse_document(Counted::new(), ParseOpts::default());
    let mut rest = html;
    while !rest.is_empty() {
        let (chunk, after) = rest.split_at_checked(rest.floor_char_boundary(CHUNK))?;
        parser.process(StrTendril::from_slice(chunk));
        if parser.tokenizer.sink.sink.is_spent() {
            return None;
        }
        rest = after;
    }
    parser.finish()
}

/// A tree sink that counts what the parser asks of it.
struct Counted {
    inner: HtmlTreeSink,
    steps: Cell<usize>,
    nodes: Cell<usize>,
    /// How deep the node stands that was put in last.
    depth: Cell<usize>,
    deepest: Cell<usize>,
    /// Attributes added to elements after they were made.
    added: Cell<usize>,
    depths: RefCell<HashMap<Handle, usize>>,
}

type Handle = <HtmlTreeSink as TreeSink>::Handle;

impl Counted {
    fn new() -> Self {
        let [steps, nodes, depth, deepest, added] = [const { Cell::new(0) }; 5];
        let depths = RefCell::default();
        Self { inner: HtmlTreeSink::new(Html::new_document()), steps, nodes, depth, deepest, added, depths }
    }

    fn is_spent(&self) -> bool {
        self.steps.get() > MAX_STEPS || self.nodes.get() > MAX_NODES || self.deepest.get() > MAX_DEPTH
    }

    fn step(&self, steps: usize) {
        self.steps.set(self.steps.get() + steps);
    }

    fn add_node(&self) {
        self.nodes.set(self.nodes.get() + 1);
        self.step(1);
    }

    /// Notes how deep an element stands that is put into another, or beside it.
    fn place(&self, at: &Handle, child: &NodeOrText<Handle>, below: usize) {
        self.step(1);
        if let NodeOrText::AppendNode(child) = child {
            let mut depths = self.depths.borrow_mut();
            let depth = depths.get(at).copied().unwrap_or(0) + below;
            depths.insert(*child, depth);
            self.depth.set(depth);
            self.deepest.set(depth.max(self.deepest.get()));
        }
    }
}

impl TreeSink for Counted {
    type Output = Option<Html>;
    type Handle = Handle;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Self::Output {
        (!self.is_spent()).then(|| self.inner.finish())
    }

    fn parse_error(&self, _message: Cow<'static, str>) {}

    fn get_document(&self) -> Handle {
        self.inner.get_document()
    }

    fn elem_name<'a>(&'a self, target: &'a Handle) -> Self::ElemName<'a> {
        self.step(1);
        self.inner.elem_name(target)
    }

    /// An element that opens is compared with the open formatting elements: about as many as it stands deep, once the
    /// parser has made again those that were closed by force.
    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, flags: ElementFlags) -> Handle {
        self.add_node();
        if is_formatting(&name.local) {
            self.step(self.depth.get() * (1 + attrs.len()));
        }
        self.inner.create_element(name, attrs, flags)
    }

    fn create_comment(&self, text: StrTendril) -> Handle {
        self.add_node();
        self.inner.create_comment(text)
    }

    fn create_pi(&self, target: StrTendril, data: StrTendril) -> Handle {
        self.add_node();
        self.inner.create_pi(target, data)
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        self.place(parent, &child, 1);
        self.inner.append(parent, child);
    }

    fn append_based_on_parent_node(&self, element: &Handle, previous: &Handle, child: NodeOrText<Handle>) {
        self.place(previous, &child, 1);
        self.inner.append_based_on_parent_node(element, previous, child);
    }

    fn append_doctype_to_document(&self, name: StrTendril, public_id: StrTendril, system_id: StrTendril) {
        self.inner.append_doctype_to_document(name, public_id, system_id);
    }

    fn get_template_contents(&self, target: &Handle) -> Handle {
        self.inner.get_template_contents(target)
    }

    fn same_node(&self, x: &Handle, y: &Handle) -> bool {
        self.step(1);
        self.inner.same_node(x, y)
    }

    fn set_quirks_mode(&self, mode: QuirksMode) {
        self.inner.set_quirks_mode(mode);
    }

    fn append_before_sibling(&self, sibling: &Handle, node: NodeOrText<Handle>) {
        self.place(sibling, &node, 0);
        self.inner.append_before_sibling(sibling, node);
    }

    /// Attributes are kept in order: each new one moves those before it.
    fn add_attrs_if_missing(&self, target: &Handle, attrs: Vec<Attribute>) {
        self.added.set(self.added.get() + attrs.len());
        self.step(self.added.get());
        self.inner.add_attrs_if_missing(target, attrs);
    }

    fn remove_from_parent(&self, target: &Handle) {
        self.step(1);
        self.inner.remove_from_parent(target);
    }

    fn reparent_children(&self, node: &Handle, new_parent: &Handle) {
        self.step(1);
        self.inner.reparent_children(node, new_parent);
    }
}

/// The elements that the HTML standard opens again after they were closed by force.
fn is_formatting(name: &str) -> bool {
    matches!(
        name,
        "a" | "b" | "big" | "code" | "em" | "font" | "i" | "nobr" | "s" | "small" | "strike" | "strong" | "tt" | "u"
    )
}
