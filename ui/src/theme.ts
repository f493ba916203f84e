import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

/** The one accent: a deep teal, for actions and focus. White on shade 7 has 7.1:1. */
const teal: MantineColorsTuple = [
  "#eef7f6",
  "#d9edeb",
  "#b3dad6",
  "#86c3bd",
  "#5aaaa3",
  "#398f88",
  "#1f766f",
  "#12655f",
  "#0b534e",
  "#06403c",
];

/** For what can't be taken back. White on shades 6 and 7 has more than 5:1. */
const red: MantineColorsTuple = [
  "#fdeeec",
  "#fbd9d5",
  "#f5b3ac",
  "#ee8a80",
  "#e46558",
  "#d9483a",
  "#c4362a",
  "#b02318",
  "#92190f",
  "#74110a",
];

const grey: MantineColorsTuple = [
  "#f7f8f8",
  "#eef0f0",
  "#e1e4e4",
  "#cdd2d2",
  "#a9b0b0",
  "#828a8a",
  "#626a6a",
  "#4b5252",
  "#343a3a",
  "#1f2424",
];

const dark: MantineColorsTuple = [
  "#dfe4e4",
  "#c3caca",
  "#a3acac",
  "#8a9494",
  "#4f5858",
  "#3a4242",
  "#2a3131",
  "#1b2020",
  "#161a1a",
  "#101313",
];

export const theme = createTheme({
  primaryColor: "teal",
  primaryShade: { light: 7, dark: 6 },
  colors: { teal, red, gray: grey, dark },
  fontFamily: '"Inter Variable", system-ui, sans-serif',
  fontFamilyMonospace: "ui-monospace, 'DejaVu Sans Mono', monospace",
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  headings: {
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "20px", lineHeight: "28px" },
      h2: { fontSize: "15px", lineHeight: "22px" },
      h3: { fontSize: "14px", lineHeight: "20px" },
    },
  },
  defaultRadius: 4,
  shadows: { xs: "none", sm: "none", md: "none", lg: "none", xl: "none" },
  cursorType: "pointer",
  focusRing: "auto",
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: "sm" } },
    TextInput: { defaultProps: { size: "sm" } },
    PasswordInput: {
      defaultProps: {
        size: "sm",
        visibilityToggleButtonProps: { "aria-label": "Show or hide the passphrase", tabIndex: 0 },
      },
    },
    Select: { defaultProps: { size: "sm" } },
    Textarea: { defaultProps: { size: "sm" } },
    InputWrapper: { styles: { description: { fontSize: 12 } } },
    Checkbox: { styles: { description: { fontSize: 12 } } },
    Modal: {
      defaultProps: {
        centered: true,
        overlayProps: { backgroundOpacity: 0.35, blur: 0 },
        transitionProps: { transition: "fade", duration: 100 },
        closeButtonProps: { "aria-label": "Close" },
      },
      styles: { title: { fontWeight: 600 }, content: { border: "1px solid var(--line-strong)" } },
    },
    Menu: {
      // Its placeholder element is no menu item; without it the first item takes the focus.
      defaultProps: { transitionProps: { duration: 80 }, withInitialFocusPlaceholder: false },
    },
    DateInput: {
      defaultProps: {
        hideOutsideDates: true,
        weekendDays: [],
        firstDayOfWeek: 1,
        clearButtonProps: { "aria-label": "Clear the date" },
        ariaLabels: {
          previousMonth: "Month before",
          nextMonth: "Next month",
          previousYear: "Year before",
          nextYear: "Next year",
          previousDecade: "Ten years before",
          nextDecade: "Next ten years",
          monthLevelControl: "Choose a month",
          yearLevelControl: "Choose a year",
        },
      },
    },
    Tooltip: { defaultProps: { transitionProps: { duration: 80 }, openDelay: 300 } },
  },
});

/** Mantine's own ground colours, taken from styles.css so that both themes are told once. */
export const cssVariables: CSSVariablesResolver = () => {
  const shared = {
    "--mantine-color-body": "var(--ground)",
    "--mantine-color-text": "var(--ink)",
    "--mantine-color-dimmed": "var(--ink-quiet)",
    "--mantine-color-placeholder": "var(--ink-quiet)",
    "--mantine-color-anchor": "var(--accent)",
    "--mantine-color-teal-light-color": "var(--accent)",
    "--mantine-color-default": "var(--ground)",
    "--mantine-color-default-hover": "var(--ground-hover)",
    "--mantine-color-default-border": "var(--line-strong)",
    "--mantine-color-error": "var(--red)",
  };
  return { variables: {}, light: shared, dark: shared };
};
