using System.ComponentModel.DataAnnotations;

namespace AccessFunctions.Integrations.ChatModels;

/// <summary>Section <c>Assistant:Model</c>: the chat model that answers questions which the rules do not understand. None of it set: the rules alone answer.</summary>
public sealed class ChatModelOptions : IValidatableObject
{
    /// <summary>The section's name.</summary>
    public const string Section = "Assistant:Model";

    /// <summary>
    /// Where the model is: an address that speaks OpenAI's chat completions, such as <c>https://api.openai.com/v1</c>,
    /// <c>https://{resource}.openai.azure.com/openai/v1</c> or a server of one's own.
    /// </summary>
    public string? Endpoint { get; set => field = Given(value); }

    /// <summary>The model's name, or its deployment's.</summary>
    public string? Name { get; set => field = Given(value); }

    /// <summary>What calls carry as <c>Authorization: Bearer</c>. Never logged.</summary>
    public string? Key { get; set => field = Given(value); }

    /// <summary>True where a model is to be asked.</summary>
    public bool IsConfigured => Endpoint is not null && Name is not null && Key is not null;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsConfigured && (Endpoint ?? Name ?? Key) is not null)
            yield return new ValidationResult($"{Section}: Endpoint, Name and Key belong together; one of them is missing.", [nameof(Key)]);
        if (Endpoint is { } endpoint && !(Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.IsLoopback)))
            yield return new ValidationResult($"{Section}:Endpoint is an https address.", [nameof(Endpoint)]);
    }

    private static string? Given(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();
}
