/**
 * The icons of the page, drawn for it: a 24 grid, one line of 1.75, round ends, no fills.
 *
 * The rule: an icon says nothing by itself. It stands beside words, or the button that holds it
 * has a name, so every icon is hidden from screen readers (SvgIcon's default).
 */
import SvgIcon, { type SvgIconProps } from "@mui/material/SvgIcon";

/** What points along the line of writing points the other way where that runs from right to left. */
function pointing(Icon: ReturnType<typeof lineIcon>) {
  return (props: SvgIconProps) => <Icon {...props} data-points="" />;
}

/** A component that draws `path` as lines, and `dots` as filled circles of the line's width. */
export function lineIcon(path: string, dots: readonly (readonly [x: number, y: number])[] = []) {
  return function Icon(props: SvgIconProps) {
    return (
      <SvgIcon {...props}>
        <path
          d={path}
          fill="none"
          stroke="currentColor"
          strokeWidth={1.75}
          strokeLinecap="round"
          strokeLinejoin="round"
        />
        {dots.map(([x, y]) => (
          <circle key={`${x} ${y}`} cx={x} cy={y} r={1.35} />
        ))}
      </SvgIcon>
    );
  };
}

// Moving around
export const MenuIcon = pointing(lineIcon("M4 7h16M4 12h16M4 17h10"));
export const SidebarIcon = pointing(
  lineIcon(
    "M6 4.5h12a2.5 2.5 0 0 1 2.5 2.5v10a2.5 2.5 0 0 1-2.5 2.5H6A2.5 2.5 0 0 1 3.5 17V7A2.5 2.5 0 0 1 6 4.5ZM9.5 4.5v15",
  ),
);
export const InspectorIcon = lineIcon(
  "M6 4.5h12a2.5 2.5 0 0 1 2.5 2.5v10a2.5 2.5 0 0 1-2.5 2.5H6A2.5 2.5 0 0 1 3.5 17V7A2.5 2.5 0 0 1 6 4.5ZM14.5 4.5v15M6.75 9h4.5M6.75 12h3M6.75 15h3.75",
);
export const MoreIcon = lineIcon("", [
  [5.5, 12],
  [12, 12],
  [18.5, 12],
]);
export const CloseIcon = lineIcon("M6 6l12 12M18 6 6 18");
export const ChevronDownIcon = lineIcon("M6.5 9.5 12 15l5.5-5.5");
export const ChevronRightIcon = pointing(lineIcon("M9.5 6.5 15 12l-5.5 5.5"));
export const ArrowDownIcon = lineIcon("M12 4.5v15M5.5 13l6.5 6.5 6.5-6.5");
export const ArrowLeftIcon = pointing(lineIcon("M19.5 12h-15M11 5.5 4.5 12l6.5 6.5"));

// Sessions
export const NewSessionIcon = lineIcon(
  "M12.5 5H7a3 3 0 0 0-3 3v8.5a3 3 0 0 0 3 3h9a3 3 0 0 0 3-3V12M19 3.5v6M16 6.5h6",
);
export const SearchIcon = lineIcon(
  "M10.75 4.5a6.25 6.25 0 1 1 0 12.5 6.25 6.25 0 0 1 0-12.5ZM15.5 15.5 20 20",
);
export const PinIcon = lineIcon("M9 4h6M10 4v5.2L6.8 13.5h10.4L14 9.2V4M12 13.5V20");
export const UnpinIcon = lineIcon("M9 4h6M10 4v5.2L6.8 13.5h10.4L14 9.2V4M12 13.5V20M4 4l16 16");
export const ArchiveIcon = lineIcon(
  "M4.5 4.5h15v4h-15ZM6 8.5v9A2 2 0 0 0 8 19.5h8a2 2 0 0 0 2-2v-9M10 12.5h4",
);
export const UnarchiveIcon = lineIcon(
  "M4.5 4.5h15v4h-15ZM6 8.5v9A2 2 0 0 0 8 19.5h8a2 2 0 0 0 2-2v-9M12 16.5v-5M9.75 13.5 12 11.25l2.25 2.25",
);
export const DeleteIcon = lineIcon(
  "M4.5 6.5h15M9.5 6.5v-1a1.5 1.5 0 0 1 1.5-1.5h2a1.5 1.5 0 0 1 1.5 1.5v1M6.5 6.5l.8 11.6A2 2 0 0 0 9.3 20h5.4a2 2 0 0 0 2-1.9l.8-11.6M10.25 10.5v5.5M13.75 10.5v5.5",
);
export const EditIcon = lineIcon(
  "M4.5 19.5l.9-4L15.8 5.1a1.9 1.9 0 0 1 2.7 0l.4.4a1.9 1.9 0 0 1 0 2.7L8.5 18.6ZM14 7l3 3",
);
export const UndoIcon = pointing(lineIcon("M8.5 4.5 4.5 8.5l4 4M5 8.5h9a5.5 5.5 0 0 1 0 11H9"));

// Talking
export const SendIcon = lineIcon("M12 19.5v-15M5.5 11 12 4.5l6.5 6.5");
export const StopIcon = lineIcon(
  "M8.5 7h7A1.5 1.5 0 0 1 17 8.5v7a1.5 1.5 0 0 1-1.5 1.5h-7A1.5 1.5 0 0 1 7 15.5v-7A1.5 1.5 0 0 1 8.5 7Z",
);
export const PlayIcon = lineIcon("M8.5 5.75v12.5L18.5 12Z");
export const PauseIcon = lineIcon("M9 6v12M15 6v12");
export const RetryIcon = lineIcon("M19 6v4.5h-4.5M18.6 10.3A7 7 0 1 0 19 13.5");
export const CopyIcon = lineIcon(
  "M10.5 8.5h7a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-7a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2ZM15.5 8.5v-2a2 2 0 0 0-2-2h-7a2 2 0 0 0-2 2v7a2 2 0 0 0 2 2h2",
);
export const CheckIcon = lineIcon("M5 12.5l4.5 4.5L19 7.5");
export const AttachIcon = lineIcon(
  "M19 11.5l-7.2 7.2a4.6 4.6 0 0 1-6.5-6.5l7.6-7.6a3.05 3.05 0 0 1 4.3 4.3l-7.4 7.4a1.5 1.5 0 0 1-2.15-2.15L14 7.8",
);
export const FileIcon = lineIcon(
  "M13.5 3.5H8a2 2 0 0 0-2 2v13a2 2 0 0 0 2 2h8a2 2 0 0 0 2-2V8ZM13.5 3.5V8H18",
);
export const ZoomInIcon = lineIcon(
  "M10.75 4.5a6.25 6.25 0 1 1 0 12.5 6.25 6.25 0 0 1 0-12.5ZM15.5 15.5 20 20M10.75 8v5.5M8 10.75h5.5",
);
export const ZoomOutIcon = lineIcon(
  "M10.75 4.5a6.25 6.25 0 1 1 0 12.5 6.25 6.25 0 0 1 0-12.5ZM15.5 15.5 20 20M8 10.75h5.5",
);
export const DownloadIcon = lineIcon("M12 4.5v10.5M7.5 11l4.5 4.5 4.5-4.5M5 19.5h14");
export const CodeIcon = lineIcon("M8.5 7 3.5 12l5 5M15.5 7l5 5-5 5");
export const WrapIcon = pointing(
  lineIcon("M4.5 6h15M4.5 12h12a3 3 0 0 1 0 6H12M14 15.75 11.75 18 14 20.25M4.5 18H8"),
);
export const ShareIcon = lineIcon(
  "M12 14.5V4M8 7.5 12 3.5l4 4M7.5 11H7a2 2 0 0 0-2 2v5a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2v-5a2 2 0 0 0-2-2h-.5",
);
export const BranchIcon = lineIcon(
  "M7 8.5v7M7 4a2.25 2.25 0 1 1 0 4.5A2.25 2.25 0 0 1 7 4ZM7 15.5A2.25 2.25 0 1 1 7 20 2.25 2.25 0 0 1 7 15.5ZM17 4a2.25 2.25 0 1 1 0 4.5A2.25 2.25 0 0 1 17 4ZM17 8.5v.5a4 4 0 0 1-4 4h-2a4 4 0 0 0-4 2.5",
);
export const LinkIcon = lineIcon(
  "M10 14a4 4 0 0 0 5.7 0l2.6-2.6a4 4 0 0 0-5.7-5.7L11.5 6.8M14 10a4 4 0 0 0-5.7 0l-2.6 2.6a4 4 0 0 0 5.7 5.7l1.1-1.1",
);

// Who and what
export const PersonIcon = lineIcon(
  "M12 4.5a3.75 3.75 0 1 1 0 7.5 3.75 3.75 0 0 1 0-7.5ZM5 19.5c.5-3.2 3.3-5 7-5s6.5 1.8 7 5",
);
/** The table of the mark, in one line. */
export const AgentIcon = lineIcon(
  "M12 9.25a2.75 2.75 0 1 1 0 5.5 2.75 2.75 0 0 1 0-5.5ZM9.51 3.87A8.5 8.5 0 0 1 14.49 3.87M18.96 7.12A8.5 8.5 0 0 1 20.50 11.85M18.79 17.12A8.5 8.5 0 0 1 14.77 20.04M9.23 20.04A8.5 8.5 0 0 1 5.21 17.12M3.50 11.85A8.5 8.5 0 0 1 5.04 7.12",
);
export const ToolIcon = lineIcon(
  "M15.25 4.25A4.25 4.25 0 1 0 19.5 8.5l-2.6 1-2.4-2.4ZM12.2 11.5l-7.2 7.2",
);
export const ModelIcon = lineIcon(
  "M12 3.75 19.5 8v8L12 20.25 4.5 16V8ZM4.8 8.2 12 12.3l7.2-4.1M12 12.3v7.7",
);
export const ServerIcon = lineIcon(
  "M6 4.5h12A1.5 1.5 0 0 1 19.5 6v4a1.5 1.5 0 0 1-1.5 1.5H6A1.5 1.5 0 0 1 4.5 10V6A1.5 1.5 0 0 1 6 4.5ZM6 12.5h12a1.5 1.5 0 0 1 1.5 1.5v4a1.5 1.5 0 0 1-1.5 1.5H6A1.5 1.5 0 0 1 4.5 18v-4A1.5 1.5 0 0 1 6 12.5Z",
  [
    [8, 8],
    [8, 16],
  ],
);

// How things stand
export const InfoIcon = lineIcon("M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16ZM12 11.5v4.5", [[12, 8.25]]);
export const WarningIcon = lineIcon(
  "M10.5 5.2a1.75 1.75 0 0 1 3 0l6.3 11a1.75 1.75 0 0 1-1.5 2.6H5.7a1.75 1.75 0 0 1-1.5-2.6ZM12 9.5v4",
  [[12, 16]],
);
export const ErrorIcon = lineIcon("M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16ZM12 8v4.75", [[12, 15.75]]);
export const SuccessIcon = lineIcon(
  "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16ZM8.5 12.25l2.5 2.5 4.5-4.75",
);
export const ClockIcon = lineIcon("M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16ZM12 7.75V12l2.75 2");
export const OfflineIcon = lineIcon(
  "M4 4l16 16M3.5 9.6a13 13 0 0 1 4-2.4M11 6.3a13 13 0 0 1 9.5 3.3M6.6 13.2a8.4 8.4 0 0 1 3.6-2M14.5 11.6a8.4 8.4 0 0 1 2.9 1.6M9.6 16.6a3.9 3.9 0 0 1 4.8 0",
  [[12, 19.5]],
);
export const PlugIcon = lineIcon("M9 3.5v4M15 3.5v4M6.5 7.5h11v3.5a5.5 5.5 0 0 1-11 0ZM12 16.5v4");

// Settings
export const SettingsIcon = lineIcon(
  "M4 7.5h8.5M17.5 7.5H20M4 16.5h2.5M11.5 16.5H20M15 5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5ZM9 14a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5Z",
);
export const KeyboardIcon = lineIcon(
  "M5.5 6.5h13a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-13a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2ZM8.5 14h7",
  [
    [7.5, 10.25],
    [12, 10.25],
    [16.5, 10.25],
  ],
);
export const LightIcon = lineIcon(
  "M12 8.25a3.75 3.75 0 1 1 0 7.5 3.75 3.75 0 0 1 0-7.5ZM12 3v1.75M12 19.25V21M3 12h1.75M19.25 12H21M5.65 5.65l1.2 1.2M17.15 17.15l1.2 1.2M5.65 18.35l1.2-1.2M17.15 6.85l1.2-1.2",
);
export const DarkIcon = lineIcon("M19.5 14.2A8 8 0 1 1 9.8 4.5a6.3 6.3 0 0 0 9.7 9.7Z");
export const SystemIcon = lineIcon(
  "M5.5 5h13a2 2 0 0 1 2 2v7.5a2 2 0 0 1-2 2h-13a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2ZM9 20h6M12 16.5V20",
);
export const PlusIcon = lineIcon("M12 5v14M5 12h14");
