/** Words of the app's frame: sessions, ways to agents and settings. */
import type { shell as english } from "../en/shell";
import type { Spanish } from "../spanish";

export const shell = {
  loading: "Cargando…",
  "action.dismiss": "Descartar",
  "action.save": "Guardar",
  "action.close": "Cerrar",
  "action.copy": "Copiar",
  "action.copied": "Copiado",
  "action.delete": "Eliminar",

  "copy.failed": "El navegador no ha permitido copiar.",

  "sessions.new": "Nueva sesión",
  "sessions.list": "Sesiones",
  "sessions.choose": "Sesión",
  "sessions.name": "Nombre de la sesión",
  "sessions.search": "Buscar",
  "sessions.filter": "Filtrar sesiones",
  "sessions.filterArchive": "Filtrar sesiones archivadas",
  "sessions.clearFilter": "Quitar el filtro",
  "sessions.menu": "Acciones de {name}",
  "sessions.renamed": "Ahora se llama {name}",
  "sessions.pinnedNotice": "Fijada",
  "sessions.unpinnedNotice": "Ya no está fijada",
  "sessions.archivedNotice": "Se ha archivado «{name}»",
  "sessions.unarchivedNotice": "«{name}» ya no está archivada",
  "sessions.deleted": "Se ha eliminado «{name}»",
  "sessions.deletedMany": {
    one: "Se ha eliminado {count} sesión",
    many: "Se han eliminado {count} de sesiones",
    other: "Se han eliminado {count} sesiones",
  },
  "sessions.deletedSpoken": "Se ha eliminado {name}. {keys} la recupera.",
  "sessions.notDeleted": "No se ha eliminado «{name}»: {reason}",
  "sessions.notDeletedMany": {
    one: "No se ha eliminado {count} sesión: {reason}",
    many: "No se han eliminado {count} de sesiones: {reason}",
    other: "No se han eliminado {count} sesiones: {reason}",
  },
  "sessions.notChanged": "No se ha cambiado la sesión: {reason}",
  "sessions.notLoaded": "No se han podido cargar las sesiones.",
  "sessions.pinned": "Fijadas",
  "sessions.today": "Hoy",
  "sessions.yesterday": "Ayer",
  "sessions.lastWeek": "Últimos 7 días",
  "sessions.archivedTitle": "Sesiones archivadas",
  "sessions.openArchive": "Archivadas",
  "sessions.openTrash": "Papelera",
  "sessions.none": "Todavía no hay sesiones. El primer mensaje que envíes abrirá una.",
  "sessions.noneArchived":
    "No hay nada archivado. Lo que archives se guarda aquí, donde no estorba.",
  "sessions.nothingFor": "Nada para «{words}».",
  "sessions.searchArchive": "Buscar entre las archivadas",
  "sessions.loaded": {
    one: "{count} cargada; hay más abajo",
    many: "{count} cargadas; hay más abajo",
    other: "{count} cargadas; hay más abajo",
  },
  "sessions.count": {
    one: "{count} sesión",
    many: "{count} de sesiones",
    other: "{count} sesiones",
  },
  "sessions.status.running": "El agente está trabajando",
  "sessions.status.awaiting_input": "El agente te espera",
  "sessions.status.failed": "El último turno ha fallado",

  "agents.title": "Agentes",
  "agents.pick": "Agente: {name}",
  "agents.new": "Nuevo agente",
  "agents.edit": "Editar",
  "agents.editNamed": "Editar {name}",
  "agents.editCurrent": "Editar este agente",
  "agents.default": "Predeterminado",
  "agents.sharedMark": "Compartido",
  "agents.withdrawnMark": "Ya no se comparte",

  "share.open": "Compartir",
  "shares.section": "Enlaces",
  "sessions.menuOpen": "Acciones de esta sesión",
  "sessions.renameHint": "Cambiar el nombre ({keys})",

  "frame.inspector": "Inspector",
  "frame.skip": "Saltar a la conversación",
  "frame.hideSidebar": "Ocultar las sesiones",
  "frame.openSidebar": "Mostrar las sesiones",
  "frame.notices": "Avisos",
  "part.missing":
    "No se ha podido cargar esta parte de la página. Vuelve a intentarlo o recarga la página.",
  "broken.title": "No se ha podido mostrar esta página",
  "broken.reload": "Recargar la página",
  "forbidden.page": "No puedes ver esto",
  "notFound.home": "Ir al inicio",

  "connection.offline": "Sin conexión. Los mensajes se enviarán cuando vuelvas a tenerla.",
  "connection.unreachable": "No se puede conectar con el servidor. Próximo intento en {seconds} s.",
  "connection.trying": "No se puede conectar con el servidor. Reintentando…",
  "connection.retryNow": "Intentar ahora",
  "connection.none": "No se puede conectar con el servidor",
  "build.new": "Hay una versión más reciente de esta página. Lo que has escrito se conserva.",
  "build.reload": "Recargar",
  "connection.spoken.connected": "Vuelve a haber conexión",
  "connection.spoken.offline":
    "No tienes conexión. Los mensajes se enviarán cuando vuelvas a tenerla.",
  "connection.spoken.unreachable":
    "No se puede conectar con el servidor. La página lo sigue intentando.",

  "demo.text": "Demo: este agente es un guion, no una IA.",
  "demo.connect": "Conectar un modelo",

  "tools.title": "Herramientas",

  "settings.title": "Ajustes",

  "key.space": "Espacio",
  "key.enter": "Intro",
  "key.delete": "Supr",
  "key.shift": "Mayús",

  "shortcuts.title": "Atajos de teclado",
} as const satisfies Spanish<typeof english>;
