// One token through the whole model: its k experts in every layer.
#pragma once

#include <QWidget>
#include <memory>

#include "events/snapshot.h"
#include "widgets/saveable_view.h"

namespace dotmoe {

/// A grid, layers along x and ranks (best first) down; each cell has its expert's number and colour. Layers
/// that are still dense are grey with a dash.
class RoutingMap : public QWidget, public SaveableView {
    Q_OBJECT
  public:
    explicit RoutingMap(QWidget* parent = nullptr);

    int token() const { return m_token; }
    /// A cell in widget coordinates; empty when there is none.
    QRect cellRect(int layer, int rank) const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    QSize pictureSize() override { return size(); }
    void drawPicture(QPaintDevice& device) override { drawWidget(*this, device); }
    Table table() const override;

  public slots:
    /// Null or an inconsistent snapshot empties the view.
    void setSnapshot(std::shared_ptr<const dotmoe::RoutingSnapshot> routing);
    /// -1: none.
    void setToken(int token);
    /// The layer that all views show: framed.
    void setLayer(int layer);

  signals:
    void layerClicked(int layer);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    QRect gridArea() const;
    bool hasGrid() const;
    QString title() const;
    struct Cell {
        int layer = -1, rank = -1;
    };
    Cell cellAt(QPoint position) const;

    std::shared_ptr<const RoutingSnapshot> m_routing;
    int m_token = -1;
    int m_layer = -1;
};

}  // namespace dotmoe
