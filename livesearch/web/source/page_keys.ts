/** Which key does what, as a pure function of the key and of where the focus is. */

export type place = "field" | "result" | "control" | "elsewhere";

export type key_command =
  "focus_field" | "stop" | "next_result" | "previous_result" | "take_in" | "show_keys" | null;

export interface pressed_key {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  isComposing: boolean;
}

export interface key_context {
  place: place;
  is_live: boolean;
  /** Single characters as commands may be switched off: they disturb speech input. */
  single_keys: boolean;
}

export function command_of(pressed: pressed_key, context: key_context): key_command {
  if (pressed.ctrlKey || pressed.metaKey || pressed.altKey || pressed.isComposing) return null;
  if (pressed.key === "Escape") return context.is_live ? "stop" : null;
  if (pressed.key === "ArrowDown" && (context.place === "field" || context.place === "result")) {
    return "next_result";
  }
  if (pressed.key === "ArrowUp" && context.place === "result") return "previous_result";
  if (!context.single_keys || context.place === "field") return null;
  switch (pressed.key) {
    case "/":
      return "focus_field";
    case "j":
      return "next_result";
    case "k":
      return "previous_result";
    case "n":
      return "take_in";
    case "?":
      return "show_keys";
    default:
      return null;
  }
}
