package org.pocketdesk;

/** Names of what is in aar/res, to compile against. The build of the app makes the real ones; this class is not in the AAR. */
public final class R {
    private R() {}

    public static final class color {
        public static int pocketdesk_accent, pocketdesk_badge, pocketdesk_on_accent, pocketdesk_surface, pocketdesk_text;
    }

    public static final class drawable {
        public static int pocketdesk_chat;
    }

    public static final class plurals {
        public static int pocketdesk_unread;
    }

    public static final class string {
        public static int pocketdesk_channel, pocketdesk_load_failed, pocketdesk_new_message, pocketdesk_open, pocketdesk_try_again;
    }

    public static final class style {
        public static int Pocketdesk_Chat;
    }
}
