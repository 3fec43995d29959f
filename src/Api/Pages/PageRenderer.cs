using System.Text;
using AccessFunctions.Api.Pipeline;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Api.Pages;

/// <summary>
/// Renders a component to a whole page, before the first byte leaves. Components take parameters only: neither host gives them navigation,
/// forms or a circuit.
/// </summary>
public sealed class PageRenderer(IServiceProvider services, ILoggerFactory loggers)
{
    /// <summary>Renders a page.</summary>
    /// <param name="status">The answer's HTTP status.</param>
    /// <param name="parameters">The component's parameters, by name.</param>
    public async Task<Answer> Render<TPage>(int status, params (string Name, object? Value)[] parameters) where TPage : IComponent
    {
        await using var renderer = new HtmlRenderer(services, loggers);
        var view = ParameterView.FromDictionary(parameters.ToDictionary(static parameter => parameter.Name, static parameter => parameter.Value));
        var html = await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<TPage>(view)).ToHtmlString());
        return Answer.Page(status, Encoding.UTF8.GetBytes(html));
    }

    /// <summary>A problem as a page, for routes that people open.</summary>
    internal async Task<Answer> Problem(ProblemView problem, params (string Name, string Value)[] headers)
    {
        var page = await Render<MessagePage>(problem.Status,
            (nameof(MessagePage.Title), problem.Title), (nameof(MessagePage.Says), (string[])[problem.Detail]),
            (nameof(MessagePage.Tone), "bad"), (nameof(MessagePage.Trace), problem.TraceId));
        return page.With(headers);
    }
}
