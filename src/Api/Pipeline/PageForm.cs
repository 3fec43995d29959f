using System.Net.Http.Headers;
using System.Text;
using AccessFunctions.Api.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace AccessFunctions.Api.Pipeline;

/// <summary>The form that a page posted. It is read once and stays with the call, so that the check of its ticket and the handler see the same.</summary>
internal sealed class PageForm
{
    private const int MostFields = 512;
    private readonly Dictionary<string, StringValues> _fields;

    private PageForm(Dictionary<string, StringValues> fields) => _fields = fields;

    /// <summary>A field's text without blanks around it, lines ended alike; null where it is absent or empty. Of several the first.</summary>
    public string? this[string name] => All(name) is [var text, ..] ? text : null;

    /// <summary>Every text of a field that is not empty, in order.</summary>
    public IReadOnlyList<string> All(string name) =>
        _fields.TryGetValue(name, out var values) ? [.. values.Select(static text => text?.Trim().ReplaceLineEndings("\n")).OfType<string>().Where(static text => text.Length > 0)] : [];

    /// <summary>The names of its fields that begin so.</summary>
    public IEnumerable<string> Names(string prefix) => _fields.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Reads the form of a call; no body is a form without fields.</summary>
    /// <exception cref="ProblemException">The body is too long, or no form.</exception>
    public static async Task<PageForm> Read(ApiRoute route, HttpContext http)
    {
        if (http.Features.Get<PageForm>() is { } read) return read;
        var bytes = await BodyReader.Bytes(http.Request, route.FormLimit);
        if (bytes.Length > 0 && (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var media)
            || !string.Equals(media.MediaType, "application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)))
        {
            throw new ProblemException(Fault.UnsupportedMediaType, "The body is not the form of a page.");
        }

        try
        {
            var form = new PageForm(new FormReader(Encoding.UTF8.GetString(bytes)) { ValueCountLimit = MostFields }.ReadForm());
            http.Features.Set(form);
            return form;
        }
        catch (InvalidDataException)
        {
            throw new ProblemException(Fault.Malformed, "The form has more fields than any page of ours.");
        }
    }

    /// <summary>Nothing of it: people's words.</summary>
    public override string ToString() => nameof(PageForm);
}
