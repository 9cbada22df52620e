import {
  ActionIcon,
  Button,
  Checkbox,
  type CSSVariablesResolver,
  createTheme,
  Drawer,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  Menu,
  Modal,
  MultiSelect,
  Notification,
  Radio,
  RadioIndicator,
  Select,
  Switch,
  Tooltip,
} from "@mantine/core";
import { t } from "./texts.ts";

const teal: MantineColorsTuple = [
  "#e8f5f3",
  "#d2e9e5",
  "#a6d3cc",
  "#5fc2b4",
  "#42a497",
  "#2b8f83",
  "#14796e",
  "#0b665c",
  "#08544c",
  "#04403a",
];

/** Greys of the dark scheme: inputs and hover shades between our roles. */
const dark: MantineColorsTuple = [
  "#edf1f1",
  "#c3cccf",
  "#9da9ae",
  "#6d7a7f",
  "#333c40",
  "#242b2e",
  "#1c2225",
  "#171b1d",
  "#121617",
  "#0f1213",
];

/** Filled buttons carry our roles, whose words are readable in both schemes. */
const FILLED: Readonly<Record<string, { background: string; hover: string; color: string }>> = {
  teal: { background: "var(--accent)", hover: "var(--accent-hover)", color: "var(--accent-text)" },
  red: { background: "var(--danger)", hover: "var(--danger)", color: "light-dark(#ffffff, #2b0a08)" },
  yellow: {
    background: "var(--comment-line)",
    hover: "var(--comment-line)",
    color: "light-dark(#2b2100, #ffffff)",
  },
};

export const theme = createTheme({
  colors: { teal, dark },
  primaryColor: "teal",
  primaryShade: { light: 7, dark: 3 },
  variantColorResolver: (input) => {
    const colours = defaultVariantColorsResolver(input);
    const filled = input.variant === "filled" ? FILLED[String(input.color ?? "teal")] : undefined;
    return filled ? { ...colours, ...filled } : colours;
  },
  fontFamily: "var(--font)",
  fontFamilyMonospace: "var(--font-mono)",
  fontSizes: { xs: "0.75rem", sm: "0.875rem", md: "0.875rem", lg: "1rem", xl: "1.25rem" },
  lineHeights: { xs: "1.5", sm: "1.5", md: "1.5", lg: "1.5", xl: "1.4" },
  defaultRadius: "md",
  radius: { xs: "4px", sm: "6px", md: "6px", lg: "10px", xl: "18px" },
  spacing: { xs: "8px", sm: "12px", md: "16px", lg: "24px", xl: "32px" },
  headings: {
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "1.25rem", lineHeight: "1.25" },
      h2: { fontSize: "1rem", lineHeight: "1.25" },
      h3: { fontSize: "0.875rem", lineHeight: "1.25" },
    },
  },
  cursorType: "pointer",
  focusRing: "auto",
  respectReducedMotion: true,
  components: {
    Button: Button.extend({ defaultProps: { size: "sm" } }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: "subtle", color: "gray", size: 32 } }),
    Tooltip: Tooltip.extend({
      defaultProps: { openDelay: 400, withArrow: false, transitionProps: { duration: 120 } },
    }),
    Menu: Menu.extend({
      defaultProps: {
        shadow: "md",
        transitionProps: { duration: 120 },
        // A menu holds its items and nothing else that takes the focus; and it stands where it was opened.
        withInitialFocusPlaceholder: false,
        withinPortal: false,
      },
    }),
    Modal: Modal.extend({
      defaultProps: {
        closeButtonProps: { "aria-label": t("close") },
        centered: true,
        radius: "lg",
        transitionProps: { duration: 160, transition: "pop" },
      },
    }),
    Drawer: Drawer.extend({ defaultProps: { closeButtonProps: { "aria-label": t("close") } } }),
    Notification: Notification.extend({ defaultProps: { closeButtonProps: { "aria-label": t("close") } } }),
    Checkbox: Checkbox.extend({ defaultProps: { iconColor: "var(--accent-text)" } }),
    Radio: Radio.extend({ defaultProps: { iconColor: "var(--accent-text)" } }),
    RadioIndicator: RadioIndicator.extend({ defaultProps: { iconColor: "var(--accent-text)" } }),
    Switch: Switch.extend({ defaultProps: { withThumbIndicator: false } }),
    // Typing a few letters and Enter chooses; to be led to a field does not open it.
    Select: Select.extend({
      defaultProps: {
        allowDeselect: false,
        checkIconPosition: "right",
        selectFirstOptionOnChange: true,
        openOnFocus: false,
      },
    }),
    MultiSelect: MultiSelect.extend({
      defaultProps: { selectFirstOptionOnChange: true, openOnFocus: false },
    }),
  },
});

/** Mantine paints with our roles, so that console and chat page share one palette. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: roles,
  dark: roles,
});

const roles = {
  "--mantine-color-body": "var(--raised)",
  "--mantine-color-text": "var(--text)",
  "--mantine-color-dimmed": "var(--muted)",
  "--mantine-color-placeholder": "var(--muted)",
  "--mantine-color-default": "var(--raised)",
  "--mantine-color-default-hover": "var(--hover)",
  "--mantine-color-default-border": "var(--line)",
  "--mantine-color-default-color": "var(--text)",
  "--mantine-color-error": "var(--danger)",
  "--mantine-color-red-6": "var(--danger)",
  "--mantine-color-red-light-color": "var(--danger)",
  "--mantine-color-anchor": "var(--accent)",
  "--mantine-shadow-md": "var(--shadow)",
  "--mantine-shadow-xl": "var(--shadow)",
};
