namespace AccessFunctions.Domain.Policy;

/// <summary>Names of resources: <c>platform/path</c>, where the path may have several segments.</summary>
public static class ResourceName
{
    public const int MaxLength = 300;

    /// <summary>What is wrong with a name, for people; null where nothing is.</summary>
    public static string? Fault(string? resource)
    {
        if (string.IsNullOrEmpty(resource)) return "name a resource as platform/path, such as \"pg-prod/analytics\"";
        if (resource.Length > MaxLength) return $"a resource's name has at most {MaxLength} characters";
        if (resource.Any(c => char.IsControl(c) || c is '*' or '[' or ']')) return $"\"{Shown(resource)}\" holds a character that no resource has (*, a bracket or a control character)";
        var segments = resource.Split('/');
        if (segments.Length < 2 || segments.Any(segment => segment.Length == 0 || segment is "." or ".." || char.IsWhiteSpace(segment[0]) || char.IsWhiteSpace(segment[^1])))
            return $"\"{resource}\" is not of the form platform/path, such as \"pg-prod/analytics\"";
        return PlatformFault(segments[0]);
    }

    /// <summary>What is wrong with a platform's name, for people; null where nothing is.</summary>
    public static string? PlatformFault(string platform) =>
        platform.Length is > 0 and <= 63 && char.IsAsciiLetterOrDigit(platform[0]) && platform.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? null
            : $"\"{Shown(platform)}\" cannot be a platform's name: letters, digits, '-', '_' and '.', at most 63, beginning with a letter or digit";

    private static string Shown(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
}
