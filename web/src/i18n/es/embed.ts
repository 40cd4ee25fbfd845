/** Words of a talk in a frame on a page of others. */
import type { embed as english } from "../en/embed";
import type { Spanish } from "../spanish";

export const embed = {
  "embed.talk": "Conversación",
  "embed.openInTab": "Abrir en una pestaña",
  "embed.refused": "Aquí no has iniciado sesión",
  "embed.refusedText":
    "Inicia sesión en una pestaña aparte y vuelve a intentarlo. En páginas de otros sitios el navegador puede ocultárselo a este marco; allí la página tiene que decir quién eres.",
  "embed.keyRefused":
    "La clave que ha dado esta página no es válida. Quien la administra tiene que dar otra.",
} as const satisfies Spanish<typeof english>;
