// A QWidget that hosts Dear ImGui: one context each, frames only when something happened, drawn on the CPU.
#pragma once

#include <QWidget>
#include <memory>

struct ImGuiContext;

namespace dotmoe {

/// Each input event gets logic frames of its own at once, so a press that is released before the next paint
/// is never lost; painting then rasterises the last of them. Nothing runs while nothing happens.
class ImGuiCanvas : public QWidget {
  public:
    explicit ImGuiCanvas(QWidget* parent = nullptr);
    ~ImGuiCanvas() override;

  protected:
    /// Builds the user interface of one frame; the context is current. ImGui needs two frames to settle, so
    /// every change calls it some times: it must only describe.
    virtual void buildFrame() = 0;

    /// Content changed: new frames now, a new picture at the next paint.
    void refresh();
    /// Makes sure that the last frame fits size, font and content.
    void settle();
    /// Characters outside Latin-1 that the font atlas must hold from now on; those beyond U+FFFF show as
    /// U+FFFD.
    void requireCharacters(const QString& text);

    /// Device pixels a logical one: the screen's, unless set for a picture.
    double pixelRatio() const;
    void setPixelRatio(double ratio);

    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    void runFrames(int count);
    void rebuildFont();
    void applyPalette();
    void setButton(QMouseEvent* event, bool down);

    ImGuiContext* m_context;
    QString m_characters;
    QByteArray m_fontFile;
    double m_fontRatio = 0;  ///< device pixel ratio of the atlas; 0: it must be built
    double m_ownRatio = 0;   ///< 0: the screen's
    bool m_stale = true;     ///< the last frame is older than the content
    QImage m_picture;        ///< of the last frame; null when it must be drawn
};

}  // namespace dotmoe
