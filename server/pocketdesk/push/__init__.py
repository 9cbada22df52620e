"""Push: whoever closed the app hears of answers, by APNs, FCM or Web Push, straight from this server."""
