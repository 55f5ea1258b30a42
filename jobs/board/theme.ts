const fonts = {
  "font-sans": "'Inter Variable', Inter, system-ui, sans-serif",
  "font-mono": "ui-monospace, 'SF Mono', Menlo, Consolas, monospace",
};

/** The board's own greys, reds and ambers are too pale on their grounds for WCAG 2.2 AA; these are not. */
export const boardTheme = {
  light: {
    ...fonts,
    "muted-foreground": "#434d56",
    "sidebar-state-selected-foreground": "#08463f",
    "state-selected-foreground": "#08463f",
    destructive: "#a31616",
    "status-failed": "#b91c1c",
    "status-waiting": "#9a4f00",
  },
  dark: {
    ...fonts,
    "muted-foreground": "#b4bdc8",
    destructive: "#ff9b9b",
    "status-failed": "#f58a8a",
  },
};
