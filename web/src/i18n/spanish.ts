/**
 * What Spanish wants of its words, of which there is a file for each English one in `es/`.
 *
 * The manner: neutral Spanish that is at home on both sides of the ocean; tú, never usted or vos; the
 * infinitive on buttons; sentence case; what the server writes (names, ids, its own reasons) is left as
 * it is. One word for one thing: *session* sesión, *turn* turno, *step* paso, *agent* agente, *tool*
 * herramienta, *shield* filtro, *trash* papelera, *link* enlace, *branch* rama, *key* clave.
 */
import type { Messages, Translation } from "./messages";

/** `many` is for whole millions, which want a “de”: “1.000.000 de sesiones”. */
export type Spanish<Words extends Messages> = Translation<Words, "one" | "many" | "other">;
