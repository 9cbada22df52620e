"""Whether colours can be read."""

DARK, LIGHT = "#000000", "#ffffff"
LEAST_CONTRAST = 3.0
"""What controls need against the page (WCAG 2, 1.4.11)."""


def accent_text(accent: str) -> str:
    """Black or white, whichever reads better on the colour: always at least 4.5 to 1."""
    return max((LIGHT, DARK), key=lambda color: contrast(accent, color))


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two `#rrggbb` colours, 1 to 21 (WCAG 2)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def contrast_warning(accent: str) -> float | None:
    """How little an accent stands out from a white page, where that is too little; None where it is enough."""
    ratio = contrast(accent, LIGHT)
    return round(ratio, 2) if ratio < LEAST_CONTRAST else None


def _luminance(color: str) -> float:
    def linear(part: str) -> float:
        value = int(part, 16) / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(color[1:3]) + 0.7152 * linear(color[3:5]) + 0.0722 * linear(color[5:7])
