using Microsoft.AspNetCore.Components;

namespace AccessFunctions.Api.Pages.App;

/// <summary>A page for people who are signed in: what stands around it, and what it shows.</summary>
/// <typeparam name="TModel">All that the page shows, read before it is rendered.</typeparam>
public abstract class AppPage<TModel> : ComponentBase
{
    [Parameter, EditorRequired]
    public required Shell Shell { get; set; }

    [Parameter, EditorRequired]
    public required TModel Model { get; set; }
}
