namespace AccessFunctions.Integrations.Configuration;

/// <summary>Something wrong in a configuration file.</summary>
/// <param name="File">The file, relative to the configuration folder where it is in one.</param>
/// <param name="Line">From 1; 0 where the whole file is meant.</param>
/// <param name="Column">From 1; 0 where the whole line or file is meant.</param>
/// <param name="Field">The field's path, such as <c>levels[1].approvers</c>; empty for the document itself.</param>
/// <param name="Message">What is wrong and what to do. Never a value that could be secret.</param>
public sealed record ConfigurationError(string File, int Line, int Column, string Field, string Message)
{
    /// <summary><c>file:line:column: field: message</c>, which editors can jump to.</summary>
    public override string ToString() =>
        $"{File}{(Line > 0 ? $":{Line}" : "")}{(Line > 0 && Column > 0 ? $":{Column}" : "")}: {(Field.Length > 0 ? $"{Field}: " : "")}{Message}";
}

/// <summary>The configuration cannot be used. The message holds every error, one per line.</summary>
public sealed class ConfigurationException(IReadOnlyList<ConfigurationError> errors)
    : Exception(string.Join(Environment.NewLine, errors))
{
    public IReadOnlyList<ConfigurationError> Errors { get; } = errors;
}
