using System.Text;
using AccessFunctions.Api.Pages.App;
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
    /// <summary>Renders a page that loads nothing.</summary>
    /// <param name="status">The answer's HTTP status.</param>
    /// <param name="parameters">The component's parameters, by name.</param>
    public async Task<Answer> Render<TPage>(int status, params (string Name, object? Value)[] parameters) where TPage : IComponent =>
        Answer.Page(status, await Html<TPage>(parameters), PageStyle.Policy);

    /// <summary>Renders a page in <see cref="AppLayout"/>.</summary>
    /// <param name="status">The answer's HTTP status.</param>
    /// <param name="shell">What stands around it.</param>
    /// <param name="model">What it shows.</param>
    public async Task<Answer> Render<TPage, TModel>(int status, Shell shell, TModel model) where TPage : AppPage<TModel> =>
        Answer.Page(status, await Html<TPage>((nameof(AppPage<TModel>.Shell), shell), (nameof(AppPage<TModel>.Model), model)), AppPolicy.Content);

    private async Task<byte[]> Html<TPage>(params (string Name, object? Value)[] parameters) where TPage : IComponent
    {
        await using var renderer = new HtmlRenderer(services, loggers);
        var view = ParameterView.FromDictionary(parameters.ToDictionary(static parameter => parameter.Name, static parameter => parameter.Value));
        return Encoding.UTF8.GetBytes(await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<TPage>(view)).ToHtmlString()));
    }

    /// <summary>A problem as a page that loads nothing, for routes that people open without signing in.</summary>
    internal async Task<Answer> Problem(ProblemView problem, params (string Name, string Value)[] headers)
    {
        var words = ProblemWords.Of(problem);
        var page = await Render<MessagePage>(problem.Status,
            (nameof(MessagePage.Title), words.Title), (nameof(MessagePage.Says), (string[])[words.Says, .. words.Remedy is { } remedy ? [remedy] : Array.Empty<string>()]),
            (nameof(MessagePage.Tone), "bad"), (nameof(MessagePage.Trace), problem.TraceId));
        return page.With(headers);
    }
}
