#include "widgets/imgui_canvas.h"

#include <imgui.h>

#include <QEvent>
#include <QFontInfo>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>
#include <algorithm>
#include <cfloat>

#include "widgets/colour_maps.h"
#include "widgets/imgui_font.h"
#include "widgets/imgui_raster.h"

namespace dotmoe {
namespace {

/// Makes a context current for a scope: several canvases live in one thread.
class Current {
  public:
    explicit Current(ImGuiContext* context) : m_before(ImGui::GetCurrentContext()) {
        ImGui::SetCurrentContext(context);
    }
    ~Current() { ImGui::SetCurrentContext(m_before); }
    Current(const Current&) = delete;
    Current& operator=(const Current&) = delete;

  private:
    ImGuiContext* m_before;
};

constexpr int settlingFrames = 3;  // the event's own, then hover and automatic sizes settle

ImVec4 vec4(const QColor& colour) {
    return {colour.redF(), colour.greenF(), colour.blueF(), colour.alphaF()};
}

}  // namespace

ImGuiCanvas::ImGuiCanvas(QWidget* parent) : QWidget(parent), m_context(ImGui::CreateContext()) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setMinimumSize(240, 120);
    const Current current(m_context);
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.LogFilename = nullptr;
    io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
    applyPalette();
}

ImGuiCanvas::~ImGuiCanvas() {
    ImGui::DestroyContext(m_context);
}

void ImGuiCanvas::applyPalette() {
    const Current current(m_context);
    isDark(palette()) ? ImGui::StyleColorsDark() : ImGui::StyleColorsLight();
    ImGuiStyle& style = ImGui::GetStyle();
    style.WindowRounding = 0;
    style.WindowBorderSize = 0;
    style.Colors[ImGuiCol_WindowBg] = vec4(palette().color(QPalette::Base));
    style.Colors[ImGuiCol_Text] = vec4(palette().color(QPalette::Text));
    style.Colors[ImGuiCol_PopupBg] = vec4(palette().color(QPalette::ToolTipBase));
}

void ImGuiCanvas::requireCharacters(const QString& text) {
    for (const QChar character : text) {
        if (character.unicode() < 0x100 || character.isSurrogate() || m_characters.contains(character))
            continue;
        m_characters.append(character);
        m_fontRatio = 0;
    }
}

void ImGuiCanvas::rebuildFont() {
    ImGuiIO& io = ImGui::GetIO();
    m_fontRatio = pixelRatio();
    if (m_fontFile.isEmpty()) m_fontFile = fontFile(font());
    ImFontGlyphRangesBuilder builder;
    builder.AddRanges(io.Fonts->GetGlyphRangesDefault());
    builder.AddChar(QChar::ReplacementCharacter);
    for (const QChar character : m_characters) builder.AddChar(character.unicode());
    ImVector<ImWchar> ranges;
    builder.BuildRanges(&ranges);

    io.Fonts->Clear();
    ImFontConfig config;
    config.FontDataOwnedByAtlas = false;
    config.OversampleH = 1;
    config.PixelSnapH = true;
    config.GlyphRanges = ranges.Data;
    const float size = static_cast<float>(QFontInfo(font()).pixelSize() * 1.2 * m_fontRatio);
    if (m_fontFile.isEmpty()) {
        io.Fonts->AddFontDefault();
    } else {
        io.Fonts->AddFontFromMemoryTTF(m_fontFile.data(), static_cast<int>(m_fontFile.size()), size, &config);
    }
    io.Fonts->Build();
    io.FontGlobalScale = static_cast<float>(1 / m_fontRatio);
}

void ImGuiCanvas::runFrames(int count) {
    const Current current(m_context);
    if (m_fontRatio != pixelRatio()) rebuildFont();
    ImGuiIO& io = ImGui::GetIO();
    io.DisplaySize = {static_cast<float>(std::max(1, width())), static_cast<float>(std::max(1, height()))};
    io.DisplayFramebufferScale = {static_cast<float>(pixelRatio()), static_cast<float>(pixelRatio())};
    io.DeltaTime = 1.0F / 60;
    for (int frame = 0; frame < count; ++frame) {
        ImGui::NewFrame();
        buildFrame();
        ImGui::Render();
        io.MouseWheel = 0;
    }
    m_stale = false;
    m_picture = {};
    update();
}

void ImGuiCanvas::refresh() {
    m_stale = true;
    update();
}

double ImGuiCanvas::pixelRatio() const {
    return m_ownRatio > 0 ? m_ownRatio : devicePixelRatioF();
}

void ImGuiCanvas::setPixelRatio(double ratio) {
    m_ownRatio = ratio;
    refresh();
}

void ImGuiCanvas::settle() {
    if (m_stale || m_fontRatio != pixelRatio()) runFrames(settlingFrames);
}

void ImGuiCanvas::paintEvent(QPaintEvent*) {
    settle();
    if (m_picture.isNull()) {
        const Current current(m_context);
        AlphaTexture texture;
        unsigned char* pixels = nullptr;
        ImGui::GetIO().Fonts->GetTexDataAsAlpha8(&pixels, &texture.width, &texture.height);
        texture.pixels = pixels;
        m_picture = QImage(size() * pixelRatio(), QImage::Format_RGB32);
        m_picture.fill(palette().color(QPalette::Base));
        rasterise(*ImGui::GetDrawData(), texture, m_picture);
        m_picture.setDevicePixelRatio(pixelRatio());
    }
    QPainter painter(this);
    painter.drawImage(0, 0, m_picture);
    if (hasFocus()) {
        painter.setPen(palette().color(QPalette::Highlight));
        painter.drawRect(rect().adjusted(0, 0, -1, -1));
    }
}

void ImGuiCanvas::resizeEvent(QResizeEvent*) {
    refresh();
}

void ImGuiCanvas::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange) {
        m_fontFile.clear();
        m_fontRatio = 0;
    } else if (event->type() == QEvent::PaletteChange) {
        applyPalette();
    } else {
        return;
    }
    refresh();
}

void ImGuiCanvas::mouseMoveEvent(QMouseEvent* event) {
    const Current current(m_context);
    ImGui::GetIO().MousePos = {static_cast<float>(event->position().x()),
                               static_cast<float>(event->position().y())};
    runFrames(settlingFrames);
}

void ImGuiCanvas::setButton(QMouseEvent* event, bool down) {
    if (event->button() != Qt::LeftButton) return event->ignore();
    const Current current(m_context);
    ImGuiIO& io = ImGui::GetIO();
    io.MousePos = {static_cast<float>(event->position().x()), static_cast<float>(event->position().y())};
    if (down) runFrames(settlingFrames);  // a press without a move before it: hover first, as a hand would
    io.MouseDown[0] = down;
    runFrames(settlingFrames);
}

void ImGuiCanvas::mousePressEvent(QMouseEvent* event) {
    setButton(event, true);
}
void ImGuiCanvas::mouseReleaseEvent(QMouseEvent* event) {
    setButton(event, false);
}

void ImGuiCanvas::wheelEvent(QWheelEvent* event) {
    const Current current(m_context);
    ImGui::GetIO().MousePos = {static_cast<float>(event->position().x()),
                               static_cast<float>(event->position().y())};
    ImGui::GetIO().MouseWheel = static_cast<float>(event->angleDelta().y()) / 120;
    runFrames(settlingFrames);
    event->accept();
}

void ImGuiCanvas::leaveEvent(QEvent*) {
    const Current current(m_context);
    ImGui::GetIO().MousePos = {-FLT_MAX, -FLT_MAX};
    runFrames(settlingFrames);
}

}  // namespace dotmoe
