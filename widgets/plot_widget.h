// What the QCustomPlot views share: palette, title, drawing on demand, their picture for a file.
#pragma once

#include <QPen>
#include <QWidget>

#include "widgets/saveable_view.h"

class QCPAxisRect;
class QCPTextElement;
class QCustomPlot;

namespace dotmoe {

/// Owns one QCustomPlot with a title in its first row. The plot is drawn when it is painted, never in
/// between: many changes cost one drawing, and a hidden view costs none. grab() is always up to date.
class PlotWidget : public QWidget, public SaveableView {
    Q_OBJECT
  public:
    explicit PlotWidget(QWidget* parent = nullptr);

    QString title() const;
    QSize sizeHint() const override;

    /// As large as on the screen, or at least as a page wants it.
    QSize pictureSize() override;
    void drawPicture(QPaintDevice& device) override;

  protected:
    QCustomPlot& plot();
    const QCustomPlot& plot() const;
    void setTitle(const QString& title);
    /// The legend in a row of its own, so that it covers no point.
    void legendAbove(int columns);
    /// Something changed: draw at the next paint.
    void touch();
    /// Draws now if something changed, so that pixel coordinates of the axes are true.
    void settle() const;
    /// Pen of text, and of guide lines, in the current palette.
    QColor textColour() const;
    QColor guideColour() const;

    /// Colours and fonts of axes, title and legend, then restyle(). A subclass calls it when its plot is
    /// complete; a change of palette or font calls it again.
    void applyStyle();
    /// Colours of the subclass's own graphs.
    virtual void restyle() {}
    /// Before and after an export, e.g. to show a legend that the screen shows elsewhere.
    virtual void prepareExport(bool) {}

    void changeEvent(QEvent* event) override;

  private:
    class PlotOnPaint;
    void fitTitle(int width);

    PlotOnPaint* m_plot;
    QCPTextElement* m_title;
    QString m_titleText;  ///< before it is cut to the width
};

}  // namespace dotmoe
