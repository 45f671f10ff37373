/** Light, dark, or as the system has it: a button that goes round, and a choice that is remembered. */
import { find, setAttributes, setText } from "./element.js";

const themes = ["system", "light", "dark"];
const marks = { system: "◐", light: "○", dark: "●" };
const key = "modeshift-theme";

/** Applies the remembered theme and makes the button work. */
export function offerThemes() {
  const button = find("theme");
  let theme = recall();
  const apply = () => {
    document.documentElement.dataset["theme"] = theme;
    setText(button, marks[/** @type {keyof typeof marks} */ (theme)]);
    setAttributes(button, { "aria-label": `Colours: ${theme}`, title: `Colours: ${theme}` });
  };
  button.addEventListener("click", () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length] ?? "system";
    remember(theme);
    apply();
  });
  apply();
}

/** @returns {string} */
function recall() {
  try {
    const theme = localStorage.getItem(key) ?? "";
    return themes.includes(theme) ? theme : "system";
  } catch {
    return "system";
  }
}

/** @param {string} theme */
function remember(theme) {
  try {
    localStorage.setItem(key, theme);
  } catch {
    // Storage is switched off: the choice lasts as long as the page.
  }
}
