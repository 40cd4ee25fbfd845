/** A block of code as a file, whose name says what language it is in. Fetched with the first one. */
import { saveBytes } from "@/components/save";

/** How the names of files end, where that is not how the language is called. */
const ENDINGS: Readonly<Record<string, string>> = {
  bash: "sh",
  "c++": "cpp",
  "c#": "cs",
  csharp: "cs",
  dockerfile: "Dockerfile",
  elixir: "ex",
  erlang: "erl",
  "f#": "fs",
  golang: "go",
  haskell: "hs",
  javascript: "js",
  jsonc: "json",
  julia: "jl",
  kotlin: "kt",
  latex: "tex",
  makefile: "Makefile",
  markdown: "md",
  mermaid: "mmd",
  "objective-c": "m",
  ocaml: "ml",
  perl: "pl",
  plaintext: "txt",
  powershell: "ps1",
  python: "py",
  ruby: "rb",
  rust: "rs",
  shell: "sh",
  text: "txt",
  typescript: "ts",
  yaml: "yml",
  zsh: "sh",
};
/** These are whole names. */
const NAMES = new Set(["Dockerfile", "Makefile"]);

/** What a file of that language is called; what is no word, and what none was named for, is text. */
export function fileNameOf(language: string): string {
  const word = language.toLowerCase();
  const ending = Object.hasOwn(ENDINGS, word) ? ENDINGS[word] : word;
  if (ending === undefined || !/^\w{1,12}$/.test(ending)) return "code.txt";
  return NAMES.has(ending) ? ending : `code.${ending}`;
}

export function saveCode(code: string, language: string): void {
  saveBytes(new Blob([code], { type: "text/plain;charset=utf-8" }), fileNameOf(language));
}
