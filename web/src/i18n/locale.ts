/**
 * The one locale of the page. Words are English so far; numbers and dates follow the kind of
 * English that the browser asks for (`en-GB` writes days before months).
 */
const LANGUAGE = "en";

function preferred(): string {
  return navigator.languages.find((tag) => tag.split("-")[0] === LANGUAGE) ?? LANGUAGE;
}

export const locale = preferred();
