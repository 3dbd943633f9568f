//! Colours, where a person looks.

use std::env;
use std::io::{self, IsTerminal};

use anstyle::{AnsiColor, Style};
use tamis::Confidence;

/// When colours are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Color {
    /// On a terminal, and where the environment asks for them.
    #[default]
    Auto,
    Always,
    Never,
}

impl Color {
    pub(crate) const ALL: [Color; 3] = [Color::Auto, Color::Always, Color::Never];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Color::Auto => "auto",
            Color::Always => "always",
            Color::Never => "never",
        }
    }

    /// Whether standard output gets colours. Of the environment's wishes, to have none goes first (<https://no-color.org>,
    /// <https://bixense.com/clicolors>).
    fn is_wanted(self) -> bool {
        let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
        match self {
            Color::Always => true,
            Color::Never => false,
            Color::Auto if set("NO_COLOR").is_some() => false,
            Color::Auto if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
            Color::Auto => io::stdout().is_terminal() && set("TERM").is_none_or(|value| value != "dumb"),
        }
    }
}

/// The styles of the report; all plain where no terminal is.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Palette {
    pub(crate) place: Style,
    pub(crate) faint: Style,
    levels: [Style; 4],
}

impl Palette {
    /// Colours for standard output, where they are wanted.
    pub(crate) fn for_stdout(color: Color) -> Self {
        if color.is_wanted() { Palette::colored() } else { Palette::default() }
    }

    fn colored() -> Self {
        let color = |c: AnsiColor| Style::new().bold().fg_color(Some(c.into()));
        Palette {
            place: Style::new().bold(),
            faint: Style::new().dimmed(),
            levels: [AnsiColor::Cyan, AnsiColor::Yellow, AnsiColor::Red, AnsiColor::BrightRed].map(color),
        }
    }

    /// The style of a confidence level.
    pub(crate) fn level(&self, confidence: Confidence) -> Style {
        self.levels[confidence as usize]
    }
}
