"""The line drawings of all icons: 24 × 24, stroke in the colour of the text."""

SHAPES: dict[str, str] = {
    "home": '<path d="m4 11 8-7 8 7v9h-5.5v-6h-5v6H4z"/>',
    "map": '<path d="m3 6 6-2 6 2 6-2v14l-6 2-6-2-6 2zM9 4v14M15 6v14"/>',
    "heart": '<path d="M12 20s-7.5-4.7-7.5-10A4.2 4.2 0 0 1 12 7.3 4.2 4.2 0 0 1 19.5 10c0 5.3-7.5 10-7.5 10z"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3.5 2"/>',
    "person": '<circle cx="12" cy="8" r="4"/><path d="M4 21c.6-4.5 4-6.5 8-6.5s7.4 2 8 6.5"/>',
    "people": '<circle cx="9" cy="9" r="3.5"/><path d="M2.5 20c.5-4 3-5.5 6.5-5.5s6 1.5 6.5 5.5'
    "M15.5 5.8a3.5 3.5 0 0 1 0 6.4"
    'M18 14.8c2 .8 3.2 2.4 3.5 5.2"/>',
    "pin": '<path d="M12 21s7-6.2 7-11.5A7 7 0 0 0 5 9.5C5 14.8 12 21 12 21z"/><circle cx="12" cy="9.5" r="2.5"/>',
    "qr": '<path d="M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2M20 14v6h-6v-2"/>',
    "check": '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
    "leave": '<path d="M14 4h6v6M20 4l-9 9M18 13v7H4V6h7"/>',
    "shield": '<path d="M12 3 5 5.5V11c0 5 3 8.5 7 10 4-1.5 7-5 7-10V5.5zM9 12l2.2 2.2L15.5 10"/>',
    "list": '<path d="M9 6h11M9 12h11M9 18h11M4.5 6v.1M4.5 12v.1M4.5 18v.1"/>',
    "calendar": '<rect x="4" y="5" width="16" height="15" rx="2"/><path d="M4 10h16M8.5 3v4M15.5 3v4"/>',
    "document": '<path d="M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6"/>',
    "ledger": '<path d="M7 4h12v16H7a2.5 2.5 0 0 1-2.5-2.5v-11A2.5 2.5 0 0 1 7 4z'
    'M4.5 17.5A2.5 2.5 0 0 1 7 15h12M9 8h6M9 11h4"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "minus": '<path d="M5 12h14"/>',
    "edit": '<path d="M4 20l1-4L16 5l3 3L8 19zM14 7l3 3"/>',
    "phone": '<path d="M6 3h3l1.5 5-2 1.5a12 12 0 0 0 6 6'
    'l1.5-2 5 1.5v3c0 1.5-1 2.5-2.5 2.5C10.5 20.5 3.5 13.5 3.5 5.5 3.5 4 4.5 3 6 3z"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 7.5v5.5M12 16.3v.1"/>',
    "arrow": '<path d="m9 5 7 7-7 7"/>',
    "back": '<path d="m15 5-7 7 7 7"/>',
    "print": '<path d="M7 8V3h10v5M7 17H4V8h16v9h-3M7 13h10v8H7z"/>',
    "undo": '<path d="M8 4 4 8l4 4M4 8h10a6 6 0 0 1 0 12H8"/>',
    "bell": '<path d="M6 17V11a6 6 0 0 1 12 0v6l2 1H4zM10 21h4"/>',
    "lock": '<rect x="5" y="11" width="14" height="9" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>',
    "gift": '<path d="M4 11h16v9H4zM3 7h18v4H3zM12 7v13M12 7C9 7 7.5 5.5 8 4s3-1 4 3c1-4 3.5-4.5 4-3s-1 3-4 3z"/>',
    "leaf": '<path d="M5 19C4 10 10 4.5 20 4.5 20 14 14 20 5 19zM5 19l8-8"/>',
    "chart": '<path d="M4 20V4M4 20h16M8.5 16v-4M13 16V8M17.5 16v-6"/>',
    "key": '<circle cx="8" cy="15" r="4.5"/><path d="m11.5 11.5 8-8M16 7l3 3M13.5 9.5l2 2"/>',
    "sun": '<circle cx="12" cy="12" r="4"/><path d="M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4'
    "M17.3 17.3l1.4 1.4"
    'M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4"/>',
    "moon": '<path d="M20 14.5A8.5 8.5 0 1 1 10 4a7 7 0 0 0 10 10.5z"/>',
    "type": '<path d="M4 19 9 5l5 14M5.8 14h6.4M15.5 19l3-8 3 8M16.6 16h3.8"/>',
    "language": '<circle cx="12" cy="12" r="9"/><path d="M3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18"/>',
    "out": '<path d="M14 4H5v16h9M10 12h11M17 8l4 4-4 4"/>',
    "upload": '<path d="M12 16V4M7 9l5-5 5 5M4 16v4h16v-4"/>',
    "download": '<path d="M12 4v12M7 11l5 5 5-5M4 16v4h16v-4"/>',
    "trash": '<path d="M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5"/>',
    "flag": '<path d="M5 21V4h12l-2.5 4L17 12H5"/>',
    "wait": '<path d="M7 3h10M7 21h10M8 3c0 5 3 6 4 9-1 3-4 4-4 9M16 3c0 5-3 6-4 9 1 3 4 4 4 9"/>',
    "tree": '<path d="M9 3h6v5H9zM3 16h6v5H3zM15 16h6v5h-6zM12 8v4M6 16v-4h12v4"/>',
}
