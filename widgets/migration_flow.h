// Migration of a layer's neurons between two moments as a flow picture: experts left and right, bands
// between.
#pragma once

#include <QImage>
#include <QWidget>
#include <memory>
#include <optional>

#include "widgets/band_raster.h"
#include "widgets/migration.h"
#include "widgets/saveable_view.h"

namespace dotmoe {

/// Neurons that stay are grey, those that move in the colour of the expert that they come from. The pointer,
/// or up and down, choose an expert of the left side: its bands stand out and are told in words.
class MigrationFlow : public QWidget, public SaveableView {
    Q_OBJECT
  public:
    explicit MigrationFlow(QWidget* parent = nullptr);

    /// Null: none then. The names stand above the sides.
    void setPlans(std::shared_ptr<const PlanSnapshot> from, std::shared_ptr<const PlanSnapshot> to,
                  const QString& fromName, const QString& toName);
    const std::optional<Migration>& migration() const { return m_migration; }
    const std::vector<Band>& bands() const { return m_bands; }
    /// Widget coordinates of the middle of a band's end.
    QPointF leftOf(const Band& band) const;
    QPointF rightOf(const Band& band) const;
    /// Of the left side; none: -1.
    int chosenColumn() const { return m_chosen; }
    QString title() const;

    QSize sizeHint() const override;
    QSize pictureSize() override { return size(); }
    void drawPicture(QPaintDevice& device) override { drawWidget(*this, device); }
    Table table() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    QRectF area() const;
    QString columnName(int column) const;
    /// The room between the sides that bands cross.
    QRectF crossing() const;
    BandShape shapeOf(const Band& band, double height) const;
    bool isOver(const Band& band, const QPointF& at) const;
    QImage bandsPicture(double ratio) const;
    void redraw();
    void choose(int column);
    QString chosenInWords() const;
    void drawSide(QPainter& painter, bool left) const;

    std::optional<Migration> m_migration;
    std::vector<Band> m_bands;
    bool m_shared = false;
    int m_layer = 0, m_chosen = -1;
    QString m_fromName, m_toName;
    QImage m_bandsPicture;  ///< null when it must be drawn anew
};

}  // namespace dotmoe
