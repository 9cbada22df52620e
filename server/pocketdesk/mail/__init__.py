"""Mail to users and visitors: who is away hears of messages, who asks gets a transcript, who is invited a link."""
