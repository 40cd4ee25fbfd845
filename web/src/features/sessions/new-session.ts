/** What `SessionSelector` calls its last choice: a session that is not there yet. */
export const NEW_SESSION = "new";
