using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Domain.Policy;

/// <summary>Collects messages by field path (<c>levels[1].approvers</c>), in the order they were found.</summary>
public sealed class FieldErrors
{
    private readonly List<(string Field, string Message)> _messages = [];
    private RefusalReason? _first;

    public bool Any => _messages.Count > 0;

    /// <summary>Adds a message that says what is wrong and what to do.</summary>
    public void Add(string field, string message) => _messages.Add((field, message));

    /// <summary>Adds a message; the first reason given becomes the refusal's.</summary>
    public void Add(RefusalReason reason, string field, string message)
    {
        _first ??= reason;
        Add(field, message);
    }

    /// <summary>Messages by field.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> ByField() => _messages
        .GroupBy(message => message.Field, StringComparer.Ordinal)
        .ToDictionary(field => field.Key, IReadOnlyList<string> (field) => [.. field.Select(message => message.Message).Distinct(StringComparer.Ordinal)], StringComparer.Ordinal);

    /// <summary>The refusal these messages make; null where there are none.</summary>
    public Refusal? ToRefusal() => !Any ? null : new Refusal(
        _first ?? RefusalReason.InvalidAsk,
        string.Join(" ", _messages.Select(message => $"{message.Field}: {message.Message}.").Distinct(StringComparer.Ordinal).Take(3)))
    {
        Errors = ByField(),
    };
}
