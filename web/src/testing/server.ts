/** The server as a test wants it: `server.use(http.get("/v1/config", …))`. */
import { setupServer } from "msw/node";

export const server = setupServer();
