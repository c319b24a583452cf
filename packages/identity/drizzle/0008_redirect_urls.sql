CREATE TABLE "redirect_urls" (
	"id" text PRIMARY KEY NOT NULL,
	"instance_id" text NOT NULL,
	"url" text NOT NULL,
	"href" text NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "sign_ups" ADD COLUMN "external_id" text;--> statement-breakpoint
ALTER TABLE "sign_ups" ADD COLUMN "custom_action" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "redirect_urls" ADD CONSTRAINT "redirect_urls_instance_id_instances_id_fk" FOREIGN KEY ("instance_id") REFERENCES "public"."instances"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "redirect_urls_href" ON "redirect_urls" USING btree ("instance_id","href");