using System.Text.RegularExpressions;
using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Configuration;

namespace AccessFunctions.Integrations.Manual;

/// <summary>Access by hand in <c>platforms.yaml</c>.</summary>
internal sealed partial class ManualPlatformType() : PlatformType<ManualOptions>(ManualPlatform.TypeName)
{
    protected override void Check(ManualOptions options, FieldChecks checks)
    {
        checks.Distinct(options.Resources.Select(static resource => resource.Name), "resources");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < options.Parameters.Count; i++)
        {
            var name = options.Parameters[i].Name;
            if (!ParameterName().IsMatch(name)) checks.Fault($"parameters[{i}].name", $"\"{name}\" cannot be a parameter's name: letters, digits, '-' and '_', at most 63, beginning with a letter");
            else if (!seen.Add(name)) checks.Fault($"parameters[{i}].name", $"\"{name}\" is named twice");
        }
    }

    protected override IPlatform Build(ManualOptions options, PlatformServices services) => new ManualPlatform(options, services.Directory);

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_-]{0,62}\z", RegexOptions.NonBacktracking)]
    private static partial Regex ParameterName();
}
