//! Colours, and how wide a terminal is: resolved once, passed down.

use std::fmt;

/// How results look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Whether to colour.
    pub colour: bool,
    /// Whether results go to a terminal.
    pub terminal: bool,
    /// Columns to fill.
    pub width: usize,
}

impl Default for Look {
    fn default() -> Self {
        Self { colour: false, terminal: false, width: 80 }
    }
}

/// The roles a piece of text can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Plain,
    Headline,
    Faint,
    Mark,
    Bar,
    Removed,
    Inserted,
}

impl Look {
    /// The text in its role's colour, if colours are wanted.
    pub(super) fn paint<T: fmt::Display>(self, role: Role, text: T) -> Painted<T> {
        let style = match role {
            _ if !self.colour => anstyle::Style::new(),
            Role::Plain => anstyle::Style::new(),
            Role::Headline => anstyle::Style::new().bold(),
            Role::Faint => anstyle::Style::new().dimmed(),
            Role::Mark => anstyle::Style::new().bold().fg_color(Some(anstyle::AnsiColor::Red.into())),
            Role::Bar => anstyle::Style::new().fg_color(Some(anstyle::AnsiColor::Blue.into())),
            Role::Removed => anstyle::Style::new().fg_color(Some(anstyle::AnsiColor::Red.into())),
            Role::Inserted => anstyle::Style::new().fg_color(Some(anstyle::AnsiColor::Green.into())),
        };
        Painted { style, text }
    }
}

/// A text in a style.
pub(super) struct Painted<T> {
    style: anstyle::Style,
    text: T,
}

impl<T: fmt::Display> fmt::Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{:#}", self.style, self.text, self.style)
    }
}
