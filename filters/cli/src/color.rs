//! Colours, where a person looks.

use std::env;
use std::io::{self, IsTerminal};

use anstyle::{AnsiColor, Style};
use tamis::Confidence;

/// The styles of the report; all plain where no terminal is.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Palette {
    pub(crate) place: Style,
    pub(crate) faint: Style,
    levels: [Style; 4],
}

impl Palette {
    /// Colours for standard output if it is a terminal and nobody asked for none (<https://no-color.org>).
    pub(crate) fn for_stdout() -> Self {
        let unwanted = env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty()) || env::var_os("TERM").is_some_and(|v| v == "dumb");
        if unwanted || !io::stdout().is_terminal() { Palette::default() } else { Palette::colored() }
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
