// One token and all experts of every layer: what the routers thought of each, and which were taken.
#pragma once

#include <QWidget>
#include <memory>
#include <optional>
#include <vector>

#include "events/token_routing.h"
#include "widgets/saveable_view.h"

class QAction;

namespace dotmoe {

/// An expert forced on or off by hand.
struct ExpertMark {
    int layer = 0, expert = 0;
    bool on = true;
    bool operator==(const ExpertMark&) const = default;
};

/// A grid, experts along x and layers down: the colour is the router's logit within its layer's range, a full
/// cell is an expert that is on, a small one is off; a disc marks one forced on, a cross one forced off. A
/// click or the arrow keys choose a cell, a double click or Space turns it round; F, X and Delete force it
/// on, off, and leave it to the router.
class ExpertMap : public QWidget, public SaveableView {
    Q_OBJECT
  public:
    explicit ExpertMap(QWidget* parent = nullptr);

    struct Cell {
        int layer = 0, expert = 0;
        bool operator==(const Cell&) const = default;
    };
    std::optional<Cell> chosen() const { return m_chosen; }
    /// In widget coordinates; empty when there is none.
    QRect cellRect(int layer, int expert) const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    QSize pictureSize() override { return size(); }
    void drawPicture(QPaintDevice& device) override { drawWidget(*this, device); }
    Table table() const override;

  public slots:
    /// Null or inconsistent empties the view. The chosen cell stays where the sizes are the same.
    void setRouting(std::shared_ptr<const dotmoe::TokenRouting> routing);
    /// Of the token shown.
    void setMarks(std::vector<dotmoe::ExpertMark> marks);
    void setLayer(int layer);

  signals:
    void forceWanted(int layer, int expert, bool on);
    void freeWanted(int layer, int expert);
    void layerClicked(int layer);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    void addActions();
    void nameActions();
    void choose(const Cell& cell);
    void turnRound();
    QRect gridArea() const;
    std::optional<Cell> cellAt(QPoint position) const;
    const ExpertMark* markOf(const Cell& cell) const;
    bool isOn(const Cell& cell) const;
    float logit(const Cell& cell) const;
    QString title() const;
    QString inWords(const Cell& cell) const;
    void drawCells(QPainter& painter) const;
    void drawAxes(QPainter& painter) const;
    void drawLegend(QPainter& painter) const;

    std::shared_ptr<const TokenRouting> m_routing;
    std::vector<ExpertMark> m_marks;
    std::optional<Cell> m_chosen;
    int m_layer = -1;
    QAction *m_on, *m_off, *m_free;
};

}  // namespace dotmoe
