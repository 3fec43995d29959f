namespace AccessFunctions.Conformance.Tests.Replies;

/// <summary>A mail that the host handed to its transport.</summary>
/// <param name="To">The reader's address.</param>
/// <param name="ReplyTo">Where replies go; null: nowhere in particular.</param>
/// <param name="Headers">The thread's headers and <c>Auto-Submitted</c>, by name.</param>
public sealed record SentMail(string To, string? ReplyTo, string Subject, string Text, IReadOnlyDictionary<string, string> Headers);
