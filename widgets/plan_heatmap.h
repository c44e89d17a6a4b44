// The transport plan of one layer as a heatmap, neurons x columns, in blocks of one owner.
#pragma once

#include <QWidget>
#include <memory>
#include <optional>

#include "events/snapshot.h"
#include "widgets/plan_image.h"
#include "widgets/plan_marks.h"
#include "widgets/plan_window.h"
#include "widgets/saveable_view.h"

namespace dotmoe {

/// Independent of the application: give it a snapshot, listen to cellHovered and markWanted. The wheel zooms
/// (with Shift the neurons alone), dragging moves, arrows point at a cell; the context menu and keys of
/// actions() zoom, and ask to pin or forbid what is pointed at. GUI thread only.
class PlanHeatmap : public QWidget, public SaveableView {
    Q_OBJECT
  public:
    explicit PlanHeatmap(QWidget* parent = nullptr);

    PlanMode mode() const { return m_mode; }
    /// Pixels of one cell in widget coordinates, for a row as drawn; rowOf() gives the row of a neuron. Empty
    /// when there is no such cell.
    QRect cellRect(int row, int column) const;
    int rowOf(int neuron) const;
    /// The same mapping in device pixels, as grab() shows it.
    PlanGeometry geometryInDevicePixels() const;
    /// Mass at the end of the colour bar.
    double scale() const { return m_scale; }
    /// "shared" or the expert's number.
    QString columnName(int column) const;
    const PlanWindow& window() const { return m_window; }
    /// Which run it is of, at the head of its title; empty: not said.
    void setRun(const QString& run);
    /// For where nothing can be pinned: menu and keys only zoom.
    void leaveMarkingOut();

    QSize sizeHint() const override;
    QSize pictureSize() override { return size(); }
    void drawPicture(QPaintDevice& device) override { drawWidget(*this, device); }
    /// A row a neuron: owner, margin, mass in each column in the current mode.
    Table table() const override;

  public slots:
    /// Null or an inconsistent plan empties the view.
    void setSnapshot(std::shared_ptr<const dotmoe::PlanSnapshot> plan);
    /// The same neurons in the middle of their solve (plan_iterate.h): rows and colours stay where they are,
    /// so that one sees the mass move. Or solved otherwise. `note` says which in the title. Until the next
    /// setSnapshot.
    void setVariant(std::shared_ptr<const dotmoe::PlanSnapshot> plan, const QString& note);
    void setMode(dotmoe::PlanMode mode);
    /// Drawn over the plan; those outside of it are not.
    void setMarks(std::vector<dotmoe::PlanMark> marks);
    void setWindow(const dotmoe::PlanWindow& window);
    void showWhole();

  signals:
    /// Mass in the current mode; margin as in PlanSnapshot.
    void cellHovered(int neuron, int column, double mass, double margin);
    void hoverLeft();
    void markWanted(int neuron, int column, dotmoe::PlanMarking marking);
    void windowChanged(const dotmoe::PlanWindow& window);

  protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;

  private:
    void addActions();
    PlanWindow whole() const;
    /// Anchors: shares of the plot area, 0..1.
    void zoom(double factor, QPointF anchor, bool columnsToo);
    void pan(int rows, int columns);
    void nameActions();
    QRect plotArea() const;  ///< logical pixels
    std::optional<PlanCell> cellAt(QPointF position) const;
    void pointAt(const PlanCell& cell, QPoint globalPosition);
    void drawAxes(QPainter& painter, const QRect& area) const;
    void drawScale(QPainter& painter, const QRect& area) const;
    void drawCursor(QPainter& painter) const;
    QString title() const;
    /// The picture changed.
    void redraw();

    std::shared_ptr<const PlanSnapshot> m_plan;
    PlanOrder m_order;
    PlanMode m_mode = PlanMode::soft;
    double m_scale = 1;
    QString m_run;
    QString m_note;  ///< of the variant on show; empty: the plan itself
    std::vector<PlanMark> m_marks;
    PlanWindow m_window;
    struct Drag {
        QPointF from;
        PlanWindow window;
    };
    std::optional<Drag> m_drag;
    std::vector<QAction*> m_marking;  ///< pin, forbid, free
    std::optional<PlanCell> m_cursor;
    QImage m_image;  ///< of m_imageGeometry; null when it must be drawn anew
    PlanGeometry m_imageGeometry;
};

}  // namespace dotmoe
